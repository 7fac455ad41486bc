package dev.flyline.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    subcommands = ClusterBenchmark.class,
    description = "Measures live fan-out of a router beside nats-server's own WebSocket.")
final class FanOutBenchmark implements Callable<Integer> {

  @Option(
      names = "--case",
      split = ",",
      paramLabel = "NAME",
      description = "loads to run, by name: one-app-100, one-app-1000, many-apps (default: all)")
  private List<String> cases = List.of();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SERVER",
      description = "servers to measure: nats, flyline, floor (default: the first two)")
  private List<Server> only = List.of();

  @Option(names = "--floor", description = "also a bare loop of writes, as the limit")
  private boolean floor;

  @Mixin private RunOptions options;

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
    Limit.endAfter(loads.size() * servers.size() * options.repeat(), secondsOfRun());
    var report = new Report();
    try (var processes = new Processes()) {
      Runtime.getRuntime().addShutdownHook(new Thread(processes::close));
      for (Load load : loads) {
        for (int i = 0; i < options.repeat(); i++) {
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
      return options.run(load, server.title()).against(target);
    }
  }

  private List<Load> loads() {
    options.check();
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
    return Target.START_SECONDS + 60 + options.secondsOfLines() + 15 + 20;
  }
}
