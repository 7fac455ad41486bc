package dev.flyline.bus;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Machine;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a batch looks between routers.
 *
 * <pre>
 * u8 version | str app | str epoch | num firstSeq | sig arrivedMs of the first entry | num entries
 * num machines, each: str region, str machine
 * each entry: num machine, from 1 in the order above, or 0 for a mark | sig ms after the first
 *   line: num length, payload        mark: u8 cause, num lines + 1, or 0 if not known
 * str: u8 length, ASCII      num, sig: see {@link EnvelopeCodec}
 * </pre>
 *
 * <p>So a line costs four bytes beside its payload, most of the time. Version 1, never released,
 * had fixed widths and cost ten.
 */
final class BatchFormat {

  private static final int VERSION = 2;
  private static final int MARK = 0;

  /** The fewest bytes of a machine's two names, and of an entry. */
  private static final int LEAST_MACHINE = 4;

  private static final int LEAST_ENTRY = 3;

  private BatchFormat() {}

  static void write(WireWriter out, LogBatch batch) {
    List<Entry> entries = batch.entries();
    long startMs = entries.getFirst().arrivedMs();
    out.u8(VERSION).text(batch.app().value()).text(batch.epoch()).number(batch.firstSeq());
    out.signed(startMs).number(entries.size());
    if (entries.size() == 1 && entries.getFirst() instanceof LogLine line) {
      out.number(1).text(line.region()).text(line.machine()); // a quiet app's: without a map
      write(out, 1, startMs, line);
      return;
    }
    var machines = new LinkedHashMap<Machine, Integer>(2);
    int[] numbers = numbers(entries, machines);
    out.number(machines.size());
    for (Machine machine : machines.keySet()) {
      out.text(machine.region()).text(machine.id());
    }
    for (int i = 0; i < numbers.length; i++) {
      write(out, numbers[i], startMs, entries.get(i));
    }
  }

  private static void write(WireWriter out, int machine, long startMs, Entry entry) {
    out.number(machine).signed(entry.arrivedMs() - startMs);
    switch (entry) {
      case LogLine line -> out.bytes(line.payload());
      case Mark mark -> out.mark(mark);
    }
  }

  /** The number of each entry's machine; puts the machines in the order of their numbers. */
  private static int[] numbers(List<Entry> entries, Map<Machine, Integer> machines) {
    int[] numbers = new int[entries.size()];
    var last = new Machine("", "");
    int number = MARK;
    for (int i = 0; i < numbers.length; i++) {
      if (entries.get(i) instanceof LogLine line) {
        if (!last.wrote(line)) { // most often it is the same one again
          last = Machine.of(line);
          number = machines.computeIfAbsent(last, _ -> machines.size() + 1);
        }
        numbers[i] = number;
      }
    }
    return numbers;
  }

  static LogBatch read(WireReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "batch: version " + version + ", but this router knows " + VERSION + " alone");
    }
    AppName app = in.app();
    String epoch = in.epoch();
    long firstSeq = in.number();
    long startMs = in.signed();
    int count = in.count(LEAST_ENTRY);
    Machine[] machines = new Machine[in.count(LEAST_MACHINE)];
    for (int i = 0; i < machines.length; i++) {
      machines[i] = new Machine(in.place(), in.place());
    }
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(entry(in, machines, startMs));
    }
    return new LogBatch(app, epoch, firstSeq, entries);
  }

  private static Entry entry(WireReader in, Machine[] machines, long startMs) {
    long number = in.number();
    long arrivedMs = startMs + in.signed();
    if (number == MARK) {
      return in.mark(arrivedMs);
    }
    if (number > machines.length) {
      throw new IllegalArgumentException("machine: not in the batch");
    }
    Machine machine = machines[(int) number - 1];
    return new LogLine(machine.region(), machine.id(), in.bytes(), arrivedMs);
  }
}
