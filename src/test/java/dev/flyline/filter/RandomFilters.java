package dev.flyline.filter;

import dev.flyline.log.LogLine;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Random trees and lines of few words, so that many of the trees let some of the lines through. */
final class RandomFilters {

  private static final List<String> WORDS =
      List.of(
          "a",
          "ab",
          "aab",
          "aba",
          "error",
          "warn",
          "no answer",
          "x y",
          "ü",
          "Ünder",
          "😀",
          "k",
          "(",
          "\"",
          "\\",
          "\\n",
          "-",
          "/p/q",
          "@h",
          "or",
          "and",
          "50%",
          "*",
          "a*",
          "1..2",
          ">5");
  private static final List<String> REGEXES =
      List.of(
          "a+b",
          "^a",
          "b$",
          "\\d+",
          "(a|b){2,3}",
          "[^a-z]+",
          "x\\/y",
          "err|warn",
          "(?i)ERR",
          "ü",
          "no \\w+",
          "a b",
          "\\\"");
  private static final List<String> PATHS =
      List.of("n", "o.n", "o.s", "o.p.q", "d.ot", "list", "deep.d.ot", "ü", "host", "message", "t");
  private static final List<String> NUMBERS =
      List.of("0", "-1", "7", "7.0", "7.5", "1e3", "-2.5E-2", "1000", "123456789012345678");
  private static final List<String> STARTS =
      List.of("", "", "ERROR ", "[warn] ", "debug: ", "level=error ", "E1120 1 ", "10:23:45 ERR ");

  private final Random random;

  RandomFilters(long seed) {
    random = new Random(seed);
  }

  // ---- trees ----

  Query query(int depth) {
    int dice = random.nextInt(depth > 0 ? 10 : 6);
    return switch (dice) {
      case 6, 7 -> join(depth, true);
      case 8 -> join(depth, false);
      case 9 -> {
        Query part = query(depth - 1);
        yield part instanceof Query.Not ? part : new Query.Not(part);
      }
      default -> leaf();
    };
  }

  private Query join(int depth, boolean all) {
    List<Query> parts =
        IntStream.range(0, 2 + random.nextInt(2))
            .mapToObj(_ -> query(depth - 1))
            .filter(part -> all ? !(part instanceof Query.All) : !(part instanceof Query.Any))
            .distinct()
            .toList();
    return parts.size() < 2 ? leaf() : all ? new Query.All(parts) : new Query.Any(parts);
  }

  private Query leaf() {
    return switch (random.nextInt(8)) {
      case 0 -> new Query.Matches(regex());
      case 1 -> levels();
      case 2 -> new Query.Named(Query.Name.REGION, word(List.of("fra", "iad", "f", "")));
      case 3 -> machine();
      case 4 -> new Query.Named(Query.Name.PROVIDER, word(List.of("app", "proxy", "a")));
      case 5, 6 -> new Query.Field(pick(PATHS), wanted());
      default -> new Query.Text(Fold.of(pick(WORDS)));
    };
  }

  private Query levels() {
    int one = random.nextInt(6);
    int other = random.nextInt(6);
    return new Query.LevelIn(
        Level.ALL.get(Math.min(one, other)), Level.ALL.get(Math.max(one, other)));
  }

  private Query machine() {
    Query.Word word = word(List.of("m1", "m", "3d8d7e", "3d8d"));
    boolean prefix = word.prefix() || word.text().length() >= 4;
    return new Query.Named(Query.Name.MACHINE, new Query.Word(word.text(), prefix));
  }

  private Query.Word word(List<String> texts) {
    String text = Fold.of(pick(texts));
    return new Query.Word(text, text.isEmpty() || random.nextInt(4) == 0);
  }

  private Query.Wanted wanted() {
    Num one = Num.parse(pick(NUMBERS));
    Num other = Num.parse(pick(NUMBERS));
    boolean orEqual = random.nextBoolean();
    return switch (random.nextInt(6)) {
      case 0 -> new Query.Present();
      case 1 -> new Query.Range(one, orEqual, null, false);
      case 2 -> new Query.Range(null, false, one, orEqual);
      case 3 ->
          one != null && other != null && one.compareTo(other) <= 0
              ? new Query.Range(one, true, other, true)
              : new Query.Range(other, true, one, true);
      case 4 -> word(NUMBERS);
      default -> word(WORDS);
    };
  }

  private LinearRegex regex() {
    try {
      return LinearRegex.compile(pick(REGEXES), random.nextBoolean(), 0);
    } catch (FilterException e) {
      throw new AssertionError(e.detail(), e);
    }
  }

  // ---- lines ----

  LogLine line() {
    String machine = pick(List.of("m1", "m2", "3d8d7e"));
    return new LogLine(
        pick(List.of("fra", "iad")), machine, utf8(payload()), 1_000 + random.nextInt(120));
  }

  private String payload() {
    return switch (random.nextInt(10)) {
      case 0 -> text();
      case 1 -> object(2).encode();
      case 2 -> "{\"message\":\"" + pick(List.of("cut", "cut\\", "\u0001\"}", "a\"}x"));
      default -> envelope().encode();
    };
  }

  private JsonObject envelope() {
    var envelope = new JsonObject();
    maybe(
        () ->
            envelope.put("event", new JsonObject().put("provider", pick(List.of("app", "proxy")))));
    maybe(() -> envelope.put("host", pick(WORDS)));
    maybe(() -> envelope.put("log", new JsonObject().put("level", pick(List.of("info", "warn")))));
    maybe(() -> envelope.put(pick(PATHS), value(1)));
    envelope.put("message", random.nextInt(3) == 0 ? object(2).encode() : text());
    maybe(() -> envelope.put("t", value(2)));
    return envelope;
  }

  private void maybe(Runnable put) {
    if (random.nextInt(3) > 0) {
      put.run();
    }
  }

  private JsonObject object(int depth) {
    var object = new JsonObject();
    for (int i = random.nextInt(5); i > 0; i--) {
      String name =
          pick(
              List.of(
                  "n", "o", "s", "p", "q", "d", "ot", "d.ot", "list", "deep", "ü", "level", "msg"));
      object.put(name, value(depth));
    }
    return object;
  }

  private Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 5)) {
      case 0 -> 7;
      case 1 -> 7.5;
      case 2 -> pick(NUMBERS);
      case 3 -> random.nextBoolean();
      case 5 -> object(depth - 1);
      case 6 -> new JsonArray().add(pick(WORDS)).add(7).add(object(0));
      case 7 -> new JsonArray();
      default -> pick(WORDS);
    };
  }

  private String text() {
    return pick(STARTS)
        + IntStream.range(0, random.nextInt(5))
            .mapToObj(_ -> pick(WORDS))
            .collect(Collectors.joining(random.nextBoolean() ? " " : ""));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String pick(List<String> among) {
    return among.get(random.nextInt(among.size()));
  }
}
