package dev.flyline.bus;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries batches over the event bus: within a router the object itself, between routers these
 * bytes.
 *
 * <pre>
 * u8 version | str app | str epoch | i64 firstSeq | i64 arrivedMs of the first entry | i32 entries
 * u16 machines, each: str region, str machine
 * each entry: u16 machine, or 0xffff for a mark | i32 ms after the first (signed)
 *   line: i32 length, payload        mark: u8 cause, i64 lines
 * str: u8 length, UTF-8
 * </pre>
 */
public final class LogBatchCodec implements MessageCodec<LogBatch, LogBatch> {

  /** The codec's name on the bus. */
  public static final String NAME = "flyline.batch";

  private static final byte VERSION = 1;
  private static final int MARK = 0xffff;

  @Override
  public void encodeToWire(Buffer buffer, LogBatch batch) {
    long startMs = batch.entries().getFirst().arrivedMs();
    buffer.appendByte(VERSION);
    putString(buffer, batch.app().value());
    putString(buffer, batch.epoch());
    buffer.appendLong(batch.firstSeq()).appendLong(startMs).appendInt(batch.size());
    Map<Machine, Integer> machines = machines(batch);
    buffer.appendUnsignedShort(machines.size());
    for (Machine machine : machines.keySet()) {
      putString(buffer, machine.region);
      putString(buffer, machine.id);
    }
    for (Entry entry : batch.entries()) {
      int afterMs = (int) (entry.arrivedMs() - startMs);
      switch (entry) {
        case LogLine line -> {
          buffer.appendUnsignedShort(machines.getOrDefault(Machine.of(line), MARK));
          buffer.appendInt(afterMs).appendInt(line.payload().length).appendBytes(line.payload());
        }
        case Mark mark -> {
          buffer.appendUnsignedShort(MARK).appendInt(afterMs);
          buffer.appendUnsignedByte((short) mark.cause().wireCode()).appendLong(mark.lines());
        }
      }
    }
  }

  @Override
  public LogBatch decodeFromWire(int pos, Buffer buffer) {
    var in = new Reader(buffer, pos);
    if (in.u8() != VERSION) {
      throw new IllegalArgumentException("batch: unknown version");
    }
    var app = new AppName(in.string());
    String epoch = in.string();
    long firstSeq = in.i64();
    long startMs = in.i64();
    int count = in.i32();
    List<Machine> machines = new ArrayList<>();
    for (int left = in.u16(); left > 0; left--) {
      machines.add(new Machine(in.string(), in.string()));
    }
    List<Entry> entries = new ArrayList<>(Math.min(count, 1 << 16));
    for (int i = 0; i < count; i++) {
      entries.add(entry(in, machines, startMs));
    }
    return new LogBatch(app, epoch, firstSeq, entries);
  }

  private static Entry entry(Reader in, List<Machine> machines, long startMs) {
    int machine = in.u16();
    long arrivedMs = startMs + in.i32();
    if (machine == MARK) {
      return new Mark(GapCause.ofWireCode(in.u8()), in.i64(), arrivedMs);
    }
    return new LogLine(
        machines.get(machine).region, machines.get(machine).id, in.bytes(), arrivedMs);
  }

  /** Each machine of the batch and its number, in the order of the numbers. */
  private static Map<Machine, Integer> machines(LogBatch batch) {
    Map<Machine, Integer> machines = new LinkedHashMap<>();
    for (Entry entry : batch.entries()) {
      if (entry instanceof LogLine line) {
        machines.putIfAbsent(Machine.of(line), machines.size());
      }
    }
    return machines;
  }

  private static void putString(Buffer buffer, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    buffer.appendUnsignedByte((short) bytes.length).appendBytes(bytes);
  }

  @Override
  public LogBatch transform(LogBatch batch) {
    return batch;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  private record Machine(String region, String id) {
    static Machine of(LogLine line) {
      return new Machine(line.region(), line.machine());
    }
  }

  /** Reads a buffer from front to back; one that ends early throws IndexOutOfBoundsException. */
  private static final class Reader {
    private final Buffer buffer;
    private int at;

    Reader(Buffer buffer, int at) {
      this.buffer = buffer;
      this.at = at;
    }

    int u8() {
      return buffer.getUnsignedByte(at++);
    }

    int u16() {
      at += 2;
      return buffer.getUnsignedShort(at - 2);
    }

    int i32() {
      at += 4;
      return buffer.getInt(at - 4);
    }

    long i64() {
      at += 8;
      return buffer.getLong(at - 8);
    }

    byte[] bytes() {
      int length = i32();
      at += length;
      return buffer.getBytes(at - length, at);
    }

    String string() {
      int length = u8();
      at += length;
      return buffer.getString(at - length, at, "UTF-8");
    }
  }
}
