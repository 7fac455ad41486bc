package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.Gap;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** Batches, messages and payloads for the tests of all formats. */
public final class Samples {

  public static final AppName SHOP = new AppName("shop");
  public static final String EPOCH = "7-x9k2";
  public static final Position AT = new Position(EPOCH, 41);
  public static final Gap SLOW = new Gap(at(42), at(99), 58, GapCause.SLOW);
  public static final StreamMessage HELLO =
      new StreamMessage.Hello(
          SHOP, "n\"1", "fra", EPOCH, 1, 41, AT, Instant.ofEpochSecond(1763683200));
  public static final StreamMessage NOTICE =
      new StreamMessage.Notice("nats_reconnecting", "say \"hi\"\n");
  public static final StreamMessage EXPIRING = new StreamMessage.Expiring(60);
  public static final StreamMessage BYE = new StreamMessage.Bye(EndReason.RESTART, 1200);
  public static final StreamMessage END = new StreamMessage.Bye(EndReason.END, 0);

  /** 2026-11-20T12:00:00.120Z. */
  public static final long ARRIVED_MS = 1795176000120L;

  private static final List<GapCause> CAUSES = List.of(GapCause.values());
  private static final List<Hostile> HOSTILE = allHostile();

  private Samples() {}

  /**
   * A payload from which a format could break.
   *
   * @param object whether it is a JSON object that may stand in a frame as it is
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Hostile(String name, byte[] payload, boolean object) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The bytes of a message that {@code encoder} tells. */
  public static byte[] told(StreamEncoder encoder, StreamMessage message) {
    return Objects.requireNonNull(encoder.message(message));
  }

  public static Position at(long seq) {
    return new Position(EPOCH, seq);
  }

  public static LogLine line(String payload) {
    return line(payload.getBytes(UTF_8));
  }

  public static LogLine line(byte[] payload) {
    return new LogLine("fra", "m1", payload, ARRIVED_MS);
  }

  public static LogLine from(String region, String payload) {
    return new LogLine(region, "m1", payload.getBytes(UTF_8), ARRIVED_MS);
  }

  public static LineFilter onlyRegion(String region) {
    return new LineFilter(Set.of(region), Set.of());
  }

  public static LogBatch batch(Entry... entries) {
    return new LogBatch(SHOP, EPOCH, 42, List.of(entries));
  }

  /** Objects between marks and lines of two regions. */
  public static LogBatch mixed() {
    return batch(
        from("fra", "{\"a\":1}"),
        from("iad", "{\"a\":2}"),
        from("fra", "plain"),
        new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, ARRIVED_MS),
        from("iad", "{\"a\":3}"));
  }

  /** A batch of random length, payloads, marks and regions. */
  public static LogBatch random(Random random) {
    List<Hostile> hostile = hostile().stream().filter(h -> h.payload().length < 1000).toList();
    var entries = new ArrayList<Entry>();
    int size = 1 + random.nextInt(40);
    while (entries.size() < size) {
      if (random.nextInt(8) == 0) {
        GapCause cause = CAUSES.get(random.nextInt(CAUSES.size()));
        entries.add(new Mark(cause, random.nextInt(5) - 1, ARRIVED_MS));
      } else {
        String region = random.nextBoolean() ? "fra" : "iad";
        byte[] payload = hostile.get(random.nextInt(hostile.size())).payload();
        entries.add(new LogLine(region, "m" + random.nextInt(3), payload, ARRIVED_MS));
      }
    }
    return new LogBatch(SHOP, EPOCH, 1 + random.nextInt(1_000_000), entries);
  }

  /** Every hostile payload; the same arrays each time. */
  public static List<Hostile> hostile() {
    return HOSTILE;
  }

  private static List<Hostile> allHostile() {
    var all = new ArrayList<Hostile>();
    breaks(all);
    notUtf8(all);
    json(all);
    big(all);
    return List.copyOf(all);
  }

  private static void breaks(List<Hostile> all) {
    List<String> payloads =
        List.of(
            "",
            "plain",
            "\n",
            "\r",
            "\r\n",
            "\n\n\n",
            "\n\r",
            "a\rb\nc\r\nd",
            "tail\n",
            "tail\r",
            "a\0b",
            "\0",
            "\u001b[31mred\u001b[0m\t!",
            "\u007f\u0085\u009b",
            "a\u2028b\u2029c",
            "\u202Ereversed\u202C \u2066x\u2069",
            "日本語 ✅ 😀",
            "\uFEFF",
            " leading",
            ": comment",
            "id: evil:9\n\nevent: bye\ndata: x\n\n",
            "data",
            "retry: 1\n\n",
            "\"]}",
            "]}\n",
            "\\",
            "\"",
            "\\\"",
            "\\u0000",
            "{",
            "}",
            "--",
            "-- end --\n");
    for (String payload : payloads) {
      all.add(new Hostile("text " + all.size(), payload.getBytes(UTF_8), false));
    }
  }

  private static void notUtf8(List<Hostile> all) {
    List<String> payloads =
        List.of(
            "\u00ff",
            "\u00fe\u00ff",
            "\u0080",
            "\u00c0\u0080",
            "\u00c1\u00bf",
            "\u00e0\u0080\u00af",
            "\u00ed\u00a0\u0080",
            "\u00ed\u00a0\u00bd\u00ed\u00b8\u0080",
            "\u00e2\u0082",
            "\u00f0\u009f\u0098",
            "\u00f4\u0090\u0080\u0080",
            "\u00f5\u0080\u0080\u0080",
            "\u00e2\u0082\n\u00ac",
            "long enough to be read by words \u00e2\u0082(\u00a1",
            "{\"message\":\"\u00ff\"}",
            "{\"\u00c3\":1}");
    for (String payload : payloads) {
      all.add(new Hostile("not UTF-8 " + all.size(), payload.getBytes(ISO_8859_1), false));
    }
  }

  private static void json(List<Hostile> all) {
    List<String> objects =
        List.of(
            "{}",
            "{\"a\":\r\n1,\n\"b\":[\r1 , 2]\t}",
            " {\"a\":1} ",
            "{\"a\":1}\n",
            "\r\n{\"a\":1}",
            "{\"m\":\"\\ud800\"}",
            "{\"m\":\"\\u0000\\n\\r\"}",
            "{\"m\":\"a\u2028b\u202E\u007f\u0085\"}",
            "{\"a\":\"]}\"}",
            "{\"]\":\"\\\\\",\"}\":\"\\\"]}\"}",
            "{\"message\":\"日本語 ✅ 😀\",\"log\":{\"level\":\"info\"}}",
            nested(100));
    for (String payload : objects) {
      all.add(new Hostile("object " + all.size(), payload.getBytes(UTF_8), true));
    }
    List<String> others =
        List.of(
            "{\"a\":1}]}",
            "{\"a\":1}{\"b\":2}",
            "{\"a\":1},",
            "{\"a\":1",
            "[1]",
            "\"x\"",
            "1",
            "null",
            "{\"m\":\"a\nb\"}",
            "{\"m\":\"a\rb\"}",
            "{\"m\":\"a\0b\"}",
            "{\"m\":\"\t\"}",
            "\uFEFF{\"a\":1}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":1,}",
            nested(101));
    for (String payload : others) {
      all.add(new Hostile("no object " + all.size(), payload.getBytes(UTF_8), false));
    }
  }

  private static void big(List<Hostile> all) {
    for (int size : new int[] {1, 125, 126, 127, 65_535, 65_536, 70_000}) {
      all.add(new Hostile("x times " + size, "x".repeat(size).getBytes(UTF_8), false));
    }
    int mega = 1 << 20;
    byte[] random = new byte[mega];
    new Random(20261120).nextBytes(random);
    all.add(new Hostile("1 MiB random", random, false));
    all.add(new Hostile("1 MiB NUL", new byte[mega], false));
    byte[] breaks = new byte[mega];
    Arrays.fill(breaks, (byte) '\n');
    all.add(new Hostile("1 MiB LF", breaks, false));
    byte[] object = ("{\"m\":\"" + "é".repeat(mega / 2) + "\"}").getBytes(UTF_8);
    all.add(new Hostile("1 MiB object", object, true));
    all.add(new Hostile("1 MiB open", "{\"a\":".repeat(mega / 5).getBytes(UTF_8), false));
  }

  static String nested(int depth) {
    int pairs = depth / 2;
    String inner = depth % 2 == 0 ? "1" : "{}";
    return "{\"a\":[".repeat(pairs) + inner + "]}".repeat(pairs);
  }
}
