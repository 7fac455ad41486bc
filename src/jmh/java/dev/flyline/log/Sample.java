package dev.flyline.log;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.stream.IntStream;

/** Lines as Fly's platform writes them, of 300 bytes, for benchmarks. */
public final class Sample {

  /** The app that all lines are of. */
  public static final AppName APP = new AppName("shop");

  /** Where and by which machines they are written; lines come from them in turn. */
  public static final List<String> REGIONS = List.of("dfw", "ams", "fra", "iad", "syd");

  private static final int BYTES = 300;
  private static final int MACHINES = 20;

  private Sample() {}

  /** Line number {@code n}. */
  public static LogLine line(int n) {
    String region = REGIONS.get(n % REGIONS.size());
    String machine = machine(n);
    String head =
        """
        {"event":{"provider":"app"},"fly":{"app":{"instance":"%s","name":"%s"},"region":"%s"},\
        "host":"1234","log":{"level":"info"},"message":"GET /cart \\u001b[32m200\\u001b[0m\s"""
            .formatted(machine, APP.value(), region);
    String tail = "\",\"timestamp\":\"2026-11-20T12:00:00.123456789Z\"}";
    String json = head + "x".repeat(BYTES - head.length() - tail.length()) + tail;
    return new LogLine(region, machine, json.getBytes(US_ASCII), 1_763_640_000_000L + n);
  }

  /** So many lines. */
  public static List<Entry> lines(int count) {
    return IntStream.range(0, count).<Entry>mapToObj(Sample::line).toList();
  }

  /** The machine that writes line {@code n}. */
  public static String machine(int n) {
    return "d896d7c609dd%02d".formatted(n % MACHINES);
  }
}
