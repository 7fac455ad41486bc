package dev.flyline.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs the same loads against a router that is alone and against routers that share the work: one
 * owns every app, and all viewers are at another. With two routers the second one stands by as
 * well; with three the third does, so that what goes to the standby is told apart.
 */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what it costs that viewers are at another router than the one that owns their app.",
      "Runs: the loads of script/bench against a router alone, 2 routers (the second has the"
          + " viewers and stands by) and 3 routers (the third stands by); one fast app through the"
          + " bus; and the bytes on the bus, also with the viewers at the owner. All on this"
          + " machine, one after the other, in about eight minutes."
    })
final class ClusterBenchmark implements Callable<Integer> {

  /** The routers of a run share the machine, so none may take most of its memory. */
  private static final String HEAP = "-XX:MaxRAMPercentage=15 ";

  private static final int ATTEMPTS = 2;

  private static final int WARM_UP_SECONDS = 20;

  private static final List<Part> PARTS =
      Stream.concat(
              Load.ALL.stream()
                  .map(load -> new Part(load, List.of(Shape.SINGLE, Shape.TWO, Shape.THREE))),
              Stream.of(
                  new Part(Load.FAST, List.of(Shape.TWO, Shape.THREE)),
                  new Part(Load.BATCHES, List.of(Shape.TWO, Shape.THREE, Shape.AT_OWNER))))
          .toList();

  private static final List<Part> SHORT_PARTS =
      List.of(
          new Part(Load.ALL.get(1), List.of(Shape.SINGLE, Shape.TWO)),
          new Part(Load.BATCHES, List.of(Shape.THREE)));

  @Option(
      names = "--case",
      split = ",",
      paramLabel = "NAME",
      description =
          "loads to run, by name: one-app-100, one-app-1000, many-apps, one-app-20000,"
              + " one-app-5000 (for the bytes) (default: all)")
  private List<String> cases = List.of();

  @Mixin private RunOptions options;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ROUTERS",
      description = "what to run them against: single, two, three, at_owner (default: all)")
  private List<Shape> only = List.of();

  @Option(
      names = "--short",
      description = "a smoke run of less than a minute; its figures mean nothing")
  private boolean isShort;

  @Spec private CommandSpec spec;

  /** A load and what it is run against. */
  private record Part(Load load, List<Shape> shapes) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintStream out = System.out;
    options.check(WARM_UP_SECONDS);
    if (isShort) {
      options.shorten();
    }
    List<Part> parts = parts();
    int runs = parts.stream().mapToInt(part -> part.shapes().size()).sum();
    Limit.endAfter(runs * options.repeat() * ATTEMPTS, secondsOfRun());
    var report = new ClusterReport();
    int failed = 0;
    try (var processes = new Processes()) {
      Runtime.getRuntime().addShutdownHook(new Thread(processes::close));
      for (Part part : parts) {
        for (int i = 0; i < options.repeat(); i++) {
          for (Shape shape : part.shapes()) {
            failed += measure(processes, part.load(), shape, report) ? 0 : 1;
          }
        }
      }
    }
    out.println();
    out.println(report.text());
    out.println(Machine.facts());
    return failed == 0 ? 0 : 1;
  }

  /**
   * Runs and reports. On a machine that is busy with other things a router may be silent for so
   * long at the start that apps go elsewhere and stay: then all is tried once more, and passed over
   * if that fails, too.
   */
  private boolean measure(Processes processes, Load load, Shape shape, ClusterReport report)
      throws IOException, InterruptedException {
    boolean done = false;
    for (int i = 0; i < ATTEMPTS && !done; i++) {
      done = attempt(processes, load, shape, report);
    }
    return done;
  }

  private boolean attempt(Processes processes, Load load, Shape shape, ClusterReport report)
      throws IOException, InterruptedException {
    double before = Machine.load();
    try {
      Result result = run(processes, load, shape);
      System.out.printf(Locale.ROOT, "load %.1f before; %s%n", before, ClusterReport.line(result));
      report.add(result, shape, before);
      return true;
    } catch (IOException e) {
      processes.check(); // the end of the benchmark is no failure of this run
      processes.endAll(); // it may have failed before there was a target to close
      System.out.printf(
          Locale.ROOT,
          "load %.1f before; %s %s failed: %s%n",
          before,
          load.name(),
          shape.title(),
          e.getMessage());
      return false;
    }
  }

  private Result run(Processes processes, Load load, Shape shape)
      throws IOException, InterruptedException {
    var settings = Map.of("JAVA_OPTS", HEAP + System.getenv().getOrDefault("JAVA_OPTS", ""));
    try (Target target =
        shape.isCluster()
            ? ClusterTarget.start(processes, load, shape, settings)
            : FlylineTarget.start(processes, settings, Format.VERBATIM)) {
      Run run =
          load.equals(Load.BATCHES)
              ? options.briefRun(load, shape.title())
              : options.run(load, shape.title());
      return run.against(target);
    }
  }

  /** What a run takes at most on a machine that is not overworked. */
  private int secondsOfRun() {
    return 60 + options.secondsOfLines();
  }

  private List<Part> parts() {
    for (String name : cases) {
      if (PARTS.stream().noneMatch(part -> part.load().name().equals(name))) {
        throw new ParameterException(spec.commandLine(), "no such case: " + name);
      }
    }
    List<Part> parts = isShort && cases.isEmpty() ? SHORT_PARTS : PARTS;
    return parts.stream()
        .filter(part -> cases.isEmpty() || cases.contains(part.load().name()))
        .map(
            part ->
                new Part(
                    part.load(),
                    part.shapes().stream()
                        .filter(shape -> only.isEmpty() || only.contains(shape))
                        .toList()))
        .toList();
  }
}
