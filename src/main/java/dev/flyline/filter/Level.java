package dev.flyline.filter;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How bad a line is, from the least to the worst. */
public enum Level {
  TRACE("trace trc trce verbose finest finer"),
  DEBUG("debug dbug debu dbg fine"),
  INFO("info information inf notice log"),
  WARN("warn warning wrn"),
  ERROR("error err erro eror severe failure"),
  FATAL("fatal ftl fata critical crit emerg emergency alert panic pnc");

  /** The longest word that names a level. */
  static final int MAX_WORD = 11;

  /** The shortest word that names a level. */
  static final int MIN_WORD = 3;

  /** From the least to the worst. */
  static final List<Level> ALL = List.of(values());

  private static final Map<String, Level> BY_WORD =
      ALL.stream()
          .flatMap(level -> Stream.of(level.words.split(" ")).map(word -> Map.entry(word, level)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final String words;

  Level(String words) {
    this.words = words;
  }

  /** The level that {@code word} names in whatever case, as loggers spell it; null if none. */
  public static @Nullable Level named(String word) {
    return word.length() < MIN_WORD || word.length() > MAX_WORD
        ? null
        : BY_WORD.get(word.toLowerCase(Locale.ROOT));
  }

  /**
   * The level that a number stands for: pino and bunyan count trace as 10 and fatal as 60. Null
   * outside that scale.
   */
  static @Nullable Level numbered(double number) {
    return number >= 10 && number < 70 ? ALL.get((int) (number / 10) - 1) : null;
  }

  /** The name that filters, documents and statistics use. */
  public String label() {
    return words.substring(0, words.indexOf(' '));
  }
}
