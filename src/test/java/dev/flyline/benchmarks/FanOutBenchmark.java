package dev.flyline.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program behind {@code script/bench}: does the same work with a router, in each form of its
 * streams, with nats-server's own WebSocket and with a bare loop of writes, one after the other on
 * this machine, and prints what each has used.
 */
@Command(
    name = "script/bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = ClusterBenchmark.class,
    description = {
      "Measures a router beside nats-server's own WebSocket and a bare loop of writes.",
      "All of it takes about twenty minutes. The cases:"
    })
final class FanOutBenchmark implements Callable<Integer> {

  private static final int WARM_UP_SECONDS = 5;

  private static final Duration DEFAULT_SOAK = Duration.ofMinutes(30);
  private static final List<Integer> IDLE_VIEWERS = List.of(10_000, 50_000);
  private static final int SHORT_IDLE_VIEWERS = 500;

  @Option(
      names = "--case",
      split = ",",
      paramLabel = "NAME",
      description = "the cases to run, by name (default: all)")
  private List<String> cases = List.of();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SERVER",
      description = "servers to measure: nats, flyline, sse, v1, floor (default: all)")
  private List<Server> only = List.of();

  @Option(
      names = "--viewers",
      split = ",",
      paramLabel = "N",
      description = "how many idle viewers, each a run (default: 10000,50000)")
  private List<Integer> idleViewers = List.of();

  @Option(
      names = "--soak",
      paramLabel = "TIME",
      converter = Length.class,
      description = "runs the case soak, too, for so long: 30m, 90s")
  private @Nullable Duration soak; // set when wanted

  @Option(
      names = "--short",
      description = "a smoke run of about two minutes; its figures mean nothing")
  private boolean isShort;

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
    command.getCommandSpec().usageMessage().description(description(command));
    System.exit(command.execute(args));
  }

  private static String[] description(CommandLine command) {
    String cases =
        Cases.ALL.stream()
            .map(c -> "  %-15s %s".formatted(c.name(), c.about()).replace("%", "%%"))
            .collect(Collectors.joining("%n"));
    String[] lines = command.getCommandSpec().usageMessage().description();
    return new String[] {String.join("%n", lines) + "%n" + cases};
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintStream out = System.out;
    options.check(WARM_UP_SECONDS);
    if (isShort) {
      options.shorten();
    }
    if (idleViewers.isEmpty()) {
      idleViewers = isShort ? List.of(SHORT_IDLE_VIEWERS) : IDLE_VIEWERS;
    }
    List<Case> chosen = chosen();
    try (var processes = new Processes()) {
      Runtime.getRuntime().addShutdownHook(new Thread(processes::close));
      Duration soakTime = soak == null ? DEFAULT_SOAK : soak;
      var choice = new Bench.Choice(only, idleViewers, soakTime, isShort);
      var bench = new Bench(processes, options, choice, out);
      int seconds = chosen.stream().mapToInt(c -> c.seconds(bench)).sum();
      out.printf("about %d minutes%n", (seconds + 59) / 60);
      Limit.endAfter(seconds);
      for (Case one : chosen) {
        one.measure(bench);
      }
      out.println();
      out.println(bench.report());
    }
    out.println(Machine.facts());
    return 0;
  }

  private List<Case> chosen() {
    for (String name : cases) {
      if (Cases.ALL.stream().noneMatch(one -> one.name().equals(name))) {
        throw new ParameterException(spec.commandLine(), "no such case: " + name);
      }
    }
    return Cases.ALL.stream().filter(this::isChosen).toList();
  }

  private boolean isChosen(Case one) {
    if (one.equals(Cases.SOAK) && soak != null) {
      return true;
    }
    return cases.isEmpty() ? !one.equals(Cases.SOAK) : cases.contains(one.name());
  }

  /** Reads a time of hours, minutes and seconds, such as 1h30m. */
  static final class Length implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }
  }
}
