package dev.flyline.benchmarks;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every benchmark: how long a run is, and how its viewers are read. */
final class RunOptions {

  /** Who reads nothing falls behind only when the kernel's buffers are full, some MB each. */
  private static final int LEAST_SECONDS_OF_SLOW = 30;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description =
          "counted time of a run (default: ${DEFAULT-VALUE}; with slow viewers 30 at least)")
  private int seconds;

  private boolean isShort;

  @Option(
      names = "--warm-up",
      paramLabel = "<seconds>",
      description =
          "seconds before it, not counted (default: 5; for several routers, each of which compiles"
              + " its code meanwhile, 20)")
  private @Nullable Integer givenWarmUp;

  private int warmUp;

  @Option(
      names = "--repeat",
      defaultValue = "1",
      description = "runs of each; the table has the median (default: ${DEFAULT-VALUE})")
  private int repeat;

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

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Throws for numbers that make no sense; {@code defaultWarmUp} is in seconds. */
  void check(int defaultWarmUp) {
    warmUp = givenWarmUp == null ? defaultWarmUp : givenWarmUp;
    if (Math.min(Math.min(seconds, warmUp), Math.min(repeat, readers)) < 1 || restUs < 0) {
      throw new ParameterException(spec.commandLine(), "numbers must be 1 or more");
    }
  }

  int repeat() {
    return repeat;
  }

  int secondsOfLines() {
    return warmUp + seconds;
  }

  /** The same of a run of {@code load}. */
  int secondsOfLines(Load load) {
    return warmUp + seconds(load);
  }

  private int seconds(Load load) {
    boolean fills = load.wish() == Wish.SLOW && !isShort;
    return fills ? Math.max(seconds, LEAST_SECONDS_OF_SLOW) : seconds;
  }

  Run run(Load load, String server) {
    return run(load, Optional.empty(), 0, server);
  }

  /**
   * A run with another load beside it, and so many viewers that leave and come back each second.
   */
  Run run(Load load, Optional<Load> beside, int reconnects, String server) {
    return new Run(
        load, beside, reconnects, server, warmUp, seconds(load), readers, restUs * 1_000L);
  }

  /** A run that counts what is the same in every second. */
  Run briefRun(Load load, String server) {
    return new Run(
        load,
        Optional.empty(),
        0,
        server,
        Math.min(warmUp, 2),
        Math.min(seconds, 5),
        readers,
        restUs * 1_000L);
  }

  int readers() {
    return readers;
  }

  long restNs() {
    return restUs * 1_000L;
  }

  /** Makes all runs as short as can be, for those who only want to see that everything works. */
  void shorten() {
    isShort = true;
    warmUp = 1;
    seconds = 2;
    repeat = 1;
  }
}
