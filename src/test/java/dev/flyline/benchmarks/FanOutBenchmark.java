package dev.flyline.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program behind {@code script/bench}: runs the same loads against nats-server's own WebSocket
 * and a router, one after the other on this machine, and prints what each has used.
 */
@Command(
    name = "script/bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures live fan-out of a router beside nats-server's own WebSocket.")
final class FanOutBenchmark implements Callable<Integer> {

  @Option(
      names = "--case",
      split = ",",
      paramLabel = "NAME",
      description = "loads to run, by name: one-app-100, one-app-1000, many-apps (default: all)")
  private List<String> cases = List.of();

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "counted time of a run (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "5",
      description = "seconds before it, not counted (default: ${DEFAULT-VALUE})")
  private int warmUp;

  @Option(
      names = "--repeat",
      defaultValue = "1",
      description = "runs of each; the table has the median (default: ${DEFAULT-VALUE})")
  private int repeat;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SERVER",
      description = "servers to measure: nats, flyline, floor (default: the first two)")
  private List<Server> only = List.of();

  @Option(names = "--floor", description = "also a bare loop of writes, as the limit")
  private boolean floor;

  @Option(
      names = "--readers",
      defaultValue = "1",
      description = "threads that read the viewers (default: ${DEFAULT-VALUE})")
  private int readers;

  @Option(
      names = "--rest",
      defaultValue = "500",
      description = "microseconds that they rest after each round (default: ${DEFAULT-VALUE})")
  private int restUs;

  @Spec private CommandSpec spec;

  /** Runs the benchmark and ends with its status. */
  static void main(String[] args) {
    var command =
        new CommandLine(new FanOutBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(
                (e, line, _) -> {
                  line.getErr().println(e.getMessage());
                  return line.getCommandSpec().exitCodeOnExecutionException();
                });
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintStream out = System.out;
    List<Load> loads = loads();
    List<Server> servers = servers();
    endAfter(Duration.ofSeconds((long) loads.size() * servers.size() * repeat * secondsOfRun()));
    var report = new Report();
    try (var processes = new Processes()) {
      Runtime.getRuntime().addShutdownHook(new Thread(processes::close));
      for (Load load : loads) {
        for (int i = 0; i < repeat; i++) {
          for (Server server : servers) {
            Result result = run(processes, load, server);
            out.println(Report.line(result));
            report.add(result);
          }
        }
      }
    }
    out.println();
    out.println(report.table());
    out.println(Machine.facts());
    return 0;
  }

  private Result run(Processes processes, Load load, Server server)
      throws IOException, InterruptedException {
    try (Target target = server.start(processes, load)) {
      return new Run(load, server.title(), warmUp, seconds, readers, restUs * 1_000L)
          .against(target);
    }
  }

  private List<Load> loads() {
    if (Math.min(Math.min(seconds, warmUp), Math.min(repeat, readers)) < 1 || restUs < 0) {
      throw new ParameterException(spec.commandLine(), "numbers must be 1 or more");
    }
    for (String name : cases) {
      if (Load.ALL.stream().noneMatch(load -> load.name().equals(name))) {
        throw new ParameterException(spec.commandLine(), "no such case: " + name);
      }
    }
    return Load.ALL.stream()
        .filter(load -> cases.isEmpty() || cases.contains(load.name()))
        .toList();
  }

  private List<Server> servers() {
    var servers = new ArrayList<>(only.isEmpty() ? List.of(Server.NATS, Server.FLYLINE) : only);
    if (floor && !servers.contains(Server.FLOOR)) {
      servers.add(Server.FLOOR);
    }
    return servers;
  }

  /** What a run takes at most: start, connections, the two stretches, the last lines, the end. */
  private int secondsOfRun() {
    return 30 + 60 + warmUp + seconds + 15 + 20;
  }

  /** Ends the program, and by its hook the servers, if it hangs. */
  private static void endAfter(Duration limit) {
    Thread.ofPlatform()
        .daemon()
        .name("limit")
        .start(
            () -> {
              try {
                Thread.sleep(limit);
                System.err.printf(Locale.ROOT, "not done after %d s: ended%n", limit.toSeconds());
                System.exit(3);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
