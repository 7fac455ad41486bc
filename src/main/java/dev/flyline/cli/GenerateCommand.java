package dev.flyline.cli;

import dev.flyline.log.AppName;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Publishes the lines of imagined apps to a NATS server. */
@Command(
    name = "generate",
    description = "Publishes Fly-shaped log lines to NATS, to try things out and to measure.")
final class GenerateCommand implements Callable<Integer> {

  private static final int MAX_RATE = 1_000_000;
  private static final int MAX_MACHINES = 10_000;
  private static final int MAX_SIZE = 1 << 20;
  private static final Duration FOR_EVER = Duration.ofDays(100);

  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--nats", paramLabel = "URL", required = true, description = "the NATS server")
  private String nats = "";

  @Option(
      names = "--app",
      paramLabel = "A",
      required = true,
      arity = "1..*",
      description = "the apps that write lines, in turn")
  private List<AppName> apps = new ArrayList<>();

  @Option(
      names = "--rate",
      paramLabel = "N",
      required = true,
      description = "lines a second, of all apps together")
  private int rate;

  @Option(
      names = "--size",
      paramLabel = "N",
      description =
          "bytes of every payload, from " + FlyLines.MIN_SIZE + " on; as they come if not given")
  private int size;

  @Option(
      names = "--machines",
      paramLabel = "N",
      description = "machines of each app (default: ${DEFAULT-VALUE})")
  private int machines = 3;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "for how long, such as 30s; until Ctrl-C if not given")
  private Duration limit = FOR_EVER;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "the same seed gives the same lines (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  GenerateCommand(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws InterruptedException {
    requireRange("--rate", rate, 1, MAX_RATE);
    requireRange("--machines", machines, 1, MAX_MACHINES);
    if (size != 0) {
      requireRange("--size", size, FlyLines.MIN_SIZE, MAX_SIZE);
    }
    PrintWriter err = spec.commandLine().getErr();
    var lines = apps.stream().map(app -> new FlyLines(app, machines, size, seed)).toList();
    stop.listen(Duration.ofSeconds(10));
    long sent;
    try (var publisher = NatsPublisher.connect(nats)) {
      var traffic = new GeneratedTraffic(lines, rate, publisher::publish);
      sent = traffic.run(limit, stop.asked(), soFar -> err.printf("%,d lines%n", soFar));
      publisher.flush();
    }
    err.printf("%,d lines in all%n", sent);
    return 0;
  }

  private void requireRange(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + " must be " + min + " to " + max + ", not " + value);
    }
  }
}
