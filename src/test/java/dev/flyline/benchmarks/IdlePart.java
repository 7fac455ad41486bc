package dev.flyline.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server, and viewers, in a process of their own: where one process may not open as many files as
 * there are to be viewers, several have a part of them each.
 *
 * <p>The process does what the lines say that it reads, and answers each with a line of numbers.
 */
final class IdlePart implements IdleSteps {

  private final Processes processes;
  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final PrintStream questions;

  private IdlePart(Processes processes, String name, Process process) {
    this.processes = processes;
    this.name = name;
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.US_ASCII);
    this.questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
  }

  static IdlePart start(Processes processes, String name, IdleRun.Plan plan) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        Stream.of(
                List.of(java),
                ManagementFactory.getRuntimeMXBean().getInputArguments(), // as this one
                List.of("-cp", System.getProperty("java.class.path"), IdlePart.class.getName()),
                List.of(
                    plan.server().name(),
                    Boolean.toString(plan.ownApps()),
                    Integer.toString(plan.viewers()),
                    Integer.toString(plan.heapMiB()),
                    Integer.toString(plan.readers()),
                    Long.toString(plan.restNs())))
            .flatMap(List::stream)
            .toList();
    return new IdlePart(processes, name, processes.converse(name, command));
  }

  /** The other side: does what it is told until there is no more. */
  static void main(String[] args) throws IOException, InterruptedException {
    var plan =
        new IdleRun.Plan(
            Server.valueOf(args[0]),
            Boolean.parseBoolean(args[1]),
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]),
            Long.parseLong(args[5]));
    var questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (var processes = new Processes()) {
      Runtime.getRuntime().addShutdownHook(new Thread(processes::close));
      try (var run = IdleRun.start(processes, plan)) {
        for (String q = questions.readLine(); q != null; q = questions.readLine()) {
          System.out.println(answer(run, q));
        }
      }
    }
  }

  private static String answer(IdleRun run, String question)
      throws IOException, InterruptedException {
    String[] words = question.split(" ", 2);
    return switch (words[0]) {
      case "connect" -> text(run.connect());
      case "idle" -> Double.toString(run.idle(Integer.parseInt(words[1])));
      case "prove" -> text(run.prove());
      default -> throw new IOException("not understood: " + question);
    };
  }

  private static String text(Connected c) {
    return Stream.of(
            c.seconds(),
            c.cpuSeconds(),
            c.clientSeconds(),
            c.p50Ms(),
            c.p99Ms(),
            c.residentBytes(),
            c.grownBytes(),
            c.grownHeapBytes())
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  private static String text(Result.Faults f) {
    return Stream.of(
            f.gaps(),
            f.missing(),
            f.duplicates(),
            f.reordered(),
            f.foreign(),
            f.silent(),
            f.unserved(),
            f.closed(),
            f.moved())
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  @Override
  public Connected connect() throws IOException {
    String[] n = ask("connect");
    return new Connected(
        Double.parseDouble(n[0]),
        Double.parseDouble(n[1]),
        Double.parseDouble(n[2]),
        Double.parseDouble(n[3]),
        Double.parseDouble(n[4]),
        Long.parseLong(n[5]),
        Long.parseLong(n[6]),
        Long.parseLong(n[7]));
  }

  @Override
  public double idle(int seconds) throws IOException {
    return Double.parseDouble(ask("idle " + seconds)[0]);
  }

  @Override
  public Result.Faults prove() throws IOException {
    long[] n = Arrays.stream(ask("prove")).mapToLong(Long::parseLong).toArray();
    return new Result.Faults(n[0], n[1], n[2], n[3], n[4], n[5], n[6], Math.toIntExact(n[7]), n[8]);
  }

  private String[] ask(String question) throws IOException {
    questions.println(question);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException(name + " has ended:\n" + processes.logTail(name));
    }
    return answer.split(" ", -1);
  }

  @Override
  public void close() {
    processes.end(process);
  }
}
