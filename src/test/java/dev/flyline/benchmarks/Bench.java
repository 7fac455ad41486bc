package dev.flyline.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the cases of one benchmark share: its options, its processes and its report. */
final class Bench {

  private final Processes processes;
  private final RunOptions options;
  private final Choice choice;
  private final PrintStream out;
  private final Report report = new Report();
  private final List<String> sections = new ArrayList<>();

  /**
   * What was chosen.
   *
   * @param only servers to measure; empty for all
   * @param idleViewers how many viewers wait, each a run
   */
  record Choice(List<Server> only, List<Integer> idleViewers, Duration soak, boolean isShort) {}

  Bench(Processes processes, RunOptions options, Choice choice, PrintStream out) {
    this.processes = processes;
    this.options = options;
    this.choice = choice;
    this.out = out;
  }

  Processes processes() {
    return processes;
  }

  RunOptions options() {
    return options;
  }

  /** Of {@code servers} those to be measured. */
  List<Server> servers(List<Server> servers) {
    List<Server> only = choice.only();
    return servers.stream().filter(s -> only.isEmpty() || only.contains(s)).toList();
  }

  List<Integer> idleViewers() {
    return choice.idleViewers();
  }

  Duration soak() {
    return choice.soak();
  }

  boolean isShort() {
    return choice.isShort();
  }

  /** Says something while the benchmark runs. */
  void say(String line) {
    out.println(line);
  }

  /** Adds a run of lines to the report. */
  void add(Result result) {
    say(Report.line(result));
    report.add(result);
  }

  /** Adds a table of its own to the report. */
  void section(String markdown) {
    sections.add(markdown);
  }

  /** All that the cases have found, as Markdown. */
  String report() {
    var parts = new ArrayList<String>();
    if (!report.isEmpty()) {
      parts.add(report.table());
    }
    parts.addAll(sections);
    return String.join("\n", parts);
  }
}
