package dev.flyline.web;

import dev.flyline.config.Settings;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How the web page may be used.
 *
 * @param frameAncestors the sites that may show the page in a frame, as CSP's {@code
 *     frame-ancestors} has them; never empty
 */
public record PageConfig(List<String> frameAncestors) {

  private static final String NONE = "'none'";
  private static final String SELF = "'self'";
  private static final String ANY = "*";
  private static final String ANY_SUBDOMAIN = "://*.";

  /** Keeps a copy of {@code frameAncestors}; a list without any would allow every site. */
  public PageConfig {
    frameAncestors = List.copyOf(frameAncestors);
    if (frameAncestors.isEmpty()) {
      throw new IllegalArgumentException("frameAncestors: must not be empty");
    }
  }

  /** Reads the settings; whatever is wrong with them is among the settings' problems. */
  public static PageConfig from(Settings settings) {
    var key = "frame.ancestors";
    var given =
        settings.list(
            key,
            NONE,
            "sites that may show the page in a frame, comma separated: https://example.com,"
                + " https://*.example.com, 'self' for this router's own, 'none', or * for all");
    var words =
        given.stream()
            .flatMap(text -> Stream.of(text.split("\\s+")))
            .map(PageConfig::word)
            .toList();
    var bad = words.stream().filter(word -> !isAncestor(word)).toList();
    bad.forEach(
        word -> settings.problem(key, "must be like https://example.com or 'self', not " + word));
    if (words.contains(NONE) && words.size() > 1) {
      settings.problem(key, "'none' stands alone");
    }
    return new PageConfig(words.isEmpty() || !bad.isEmpty() ? List.of(NONE) : words);
  }

  /** One spelling of an ancestor; shells and files lose the quotes of keywords easily. */
  private static String word(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "none", NONE -> NONE;
      case "self", SELF -> SELF;
      default -> text;
    };
  }

  /** Nothing else gets into the header: no directive, no scheme, no path. */
  private static boolean isAncestor(String word) {
    return List.of(NONE, SELF, ANY).contains(word)
        || Origins.normalize(word.replace(ANY_SUBDOMAIN, "://")).isPresent();
  }

  /** The sites as one value of CSP's {@code frame-ancestors}. */
  String frameAncestorsValue() {
    return String.join(" ", frameAncestors);
  }

  /** Whether the old header {@code X-Frame-Options} can say the same, and then its value. */
  String frameOptions() {
    return switch (frameAncestorsValue()) {
      case NONE -> "DENY";
      case SELF -> "SAMEORIGIN";
      default -> "";
    };
  }
}
