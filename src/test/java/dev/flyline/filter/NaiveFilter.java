package dev.flyline.filter;

import dev.flyline.log.LogLine;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What filters mean, written down as plainly as it can be: whole JSON trees, strings, decimals. */
final class NaiveFilter {

  private final LogLine line;
  private final Level level;
  private final Optional<JsonObject> envelope;
  private final String message;
  private final Optional<JsonObject> inner;

  NaiveFilter(LogLine line, Level level) {
    this.line = line;
    this.level = level;
    String payload = new String(line.payload(), StandardCharsets.UTF_8);
    envelope = object(payload);
    Optional<String> text =
        envelope
            .filter(e -> e.getValue("message") instanceof String)
            .map(e -> e.getString("message"));
    message = text.orElse(payload);
    inner = text.flatMap(NaiveFilter::object);
  }

  private static Optional<JsonObject> object(String text) {
    try {
      return text.isBlank() || text.strip().charAt(0) != '{'
          ? Optional.empty()
          : Optional.of(new JsonObject(text));
    } catch (DecodeException _) {
      return Optional.empty();
    }
  }

  boolean passes(Query query) {
    return switch (query) {
      case Query.All(var parts) -> parts.stream().allMatch(this::passes);
      case Query.Any(var parts) -> parts.stream().anyMatch(this::passes);
      case Query.Not(var part) -> !passes(part);
      case Query.Text(var text) -> Fold.of(message).contains(text);
      case Query.Matches(var regex) -> matches(regex);
      case Query.LevelIn(var least, var most) ->
          level.compareTo(least) >= 0 && level.compareTo(most) <= 0;
      case Query.Named(var name, var word) ->
          switch (name) {
            case REGION -> is(line.region(), word);
            case MACHINE -> is(line.machine(), word);
            case PROVIDER -> has(envelope, "event.provider", value -> is(value, word));
          };
      case Query.Field(var path, var wanted) -> {
        boolean outside = has(envelope, path, _ -> true);
        yield has(outside ? envelope : inner, path, value -> is(value, wanted));
      }
    };
  }

  private boolean matches(LinearRegex regex) {
    String spelled = regex.toString();
    boolean ignoreCase = spelled.endsWith("/i");
    String source = spelled.substring(1, spelled.length() - (ignoreCase ? 2 : 1));
    int flags = ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    return Pattern.compile(source.replace("$", "\\z"), flags).matcher(message).find();
  }

  /** Whether some member of this path, of those that a dotted path may mean the last, passes. */
  private static boolean has(Optional<JsonObject> object, String path, Predicate<Object> test) {
    return object
        .map(o -> last(o, path))
        .filter(found -> !found.equals(MISSING))
        .filter(test)
        .isPresent();
  }

  private static final Object MISSING = new Object();
  private static final Object NULL = new Object();

  private static Object last(JsonObject object, String path) {
    Object found = MISSING;
    for (String name : object.fieldNames()) {
      Object value = object.getValue(name);
      if (name.equals(path)) {
        found = Objects.requireNonNullElse(value, NULL);
      } else if (path.startsWith(name + ".") && value instanceof JsonObject child) {
        Object below = last(child, path.substring(name.length() + 1));
        found = below.equals(MISSING) ? found : below;
      }
    }
    return found;
  }

  private static boolean is(Object value, Query.Wanted wanted) {
    if (wanted instanceof Query.Present) {
      return true;
    }
    if (value instanceof JsonArray array) {
      return array.stream()
          .anyMatch(
              one ->
                  !(one instanceof JsonArray) && is(Objects.requireNonNullElse(one, NULL), wanted));
    }
    if (value instanceof JsonObject) {
      return false;
    }
    String text = value.equals(NULL) ? "null" : value.toString();
    return switch (wanted) {
      case Query.Present() -> true;
      case Query.Word word -> {
        Optional<BigDecimal> number = number(word.text());
        boolean isNumber = value instanceof Number && number.isPresent() && !word.prefix();
        yield isNumber ? new BigDecimal(text).compareTo(number.get()) == 0 : is(text, word);
      }
      case Query.Range(var least, var orLeast, var most, var orMost) ->
          number(text)
              .filter(n -> least == null || (n.compareTo(decimal(least)) > (orLeast ? -1 : 0)))
              .filter(n -> most == null || (n.compareTo(decimal(most)) < (orMost ? 1 : 0)))
              .isPresent();
    };
  }

  private static boolean is(String text, Query.Word word) {
    String folded = Fold.of(text);
    return word.prefix() ? folded.startsWith(word.text()) : folded.equals(word.text());
  }

  private static BigDecimal decimal(Num number) {
    return new BigDecimal(number.toString());
  }

  private static Optional<BigDecimal> number(String text) {
    return Pattern.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?", text)
        ? Optional.of(new BigDecimal(text))
        : Optional.empty();
  }
}
