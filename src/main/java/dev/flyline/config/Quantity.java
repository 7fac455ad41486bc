package dev.flyline.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes a number with a unit: sizes and times. */
public final class Quantity {

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18}) ?([a-z%]*)");

  private static final Map<String, Long> BYTES =
      Map.of("", 1L, "b", 1L, "kib", 1L << 10, "mib", 1L << 20, "gib", 1L << 30, "tib", 1L << 40);

  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Quantity() {}

  /** Reads {@code 8 MiB}, {@code 64KiB}, {@code 1048576}, or {@code 25 %} of {@code whole}. */
  public static OptionalLong bytes(String text, long whole) {
    Matcher matcher = match(text);
    if (matcher.matches() && matcher.group(2).equals("%")) {
      long percent = Long.parseLong(matcher.group(1));
      return percent <= 100 ? OptionalLong.of(whole / 100 * percent) : OptionalLong.empty();
    }
    return scale(matcher, BYTES);
  }

  /** Reads {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h} or {@code 7d}. */
  public static Optional<Duration> duration(String text) {
    OptionalLong millis = scale(match(text), MILLIS);
    return millis.isPresent()
        ? Optional.of(Duration.ofMillis(millis.getAsLong()))
        : Optional.empty();
  }

  /** Writes {@code bytes} in the largest unit that divides it. */
  public static String ofBytes(long bytes) {
    String[] units = {"", " KiB", " MiB", " GiB", " TiB"};
    int unit = 0;
    long rest = bytes;
    while (rest != 0 && rest % 1024 == 0 && unit < units.length - 1) {
      rest /= 1024;
      unit++;
    }
    return rest + units[unit];
  }

  /** Writes {@code duration} in the largest unit that divides it. */
  public static String ofDuration(Duration duration) {
    long ms = duration.toMillis();
    if (ms % 1000 != 0) {
      return ms + "ms";
    }
    long s = ms / 1000;
    if (s == 0) {
      return "0s";
    }
    if (s % 86_400 == 0) {
      return s / 86_400 + "d";
    }
    if (s % 3600 == 0) {
      return s / 3600 + "h";
    }
    return s % 60 == 0 ? s / 60 + "m" : s + "s";
  }

  private static Matcher match(String text) {
    return NUMBER_AND_UNIT.matcher(text.strip().toLowerCase(Locale.ROOT));
  }

  private static OptionalLong scale(Matcher matcher, Map<String, Long> units) {
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return number <= Long.MAX_VALUE / unit ? OptionalLong.of(number * unit) : OptionalLong.empty();
  }
}
