package dev.flyline.filter;

import org.jspecify.annotations.Nullable;

/** Levels that a text's very first bytes state, in forms that some programs have to themselves. */
final class FirstBytes {

  private static final byte[] NODE_PACKAGES = TextStart.ascii("npm ");
  private static final byte[] PHP = TextStart.ascii("PHP ");
  private static final byte[] RUST_THREAD = TextStart.ascii("thread '");
  private static final byte[] PANICKED = TextStart.ascii("panicked at");
  private static final byte[] EXIT_STATUS = TextStart.ascii("exit status ");
  private static final byte[] RAILS_STATUS = TextStart.ascii("Completed ");

  private FirstBytes() {}

  static @Nullable Level level(TextCursor text, int at) {
    return switch (text.at(at)) {
      case '<' -> syslog(text, at);
      case 'n' -> text.begins(at, NODE_PACKAGES) ? word(text, at + NODE_PACKAGES.length) : null;
      case 'P' -> text.begins(at, PHP) ? word(text, at + PHP.length) : null;
      case 't' -> panicked(text, at);
      case 'e' -> exited(text, at);
      case 'C' -> completed(text, at);
      case 'D', 'I', 'W', 'E', 'F' -> letter(text, at);
      case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> redis(text, at);
      default -> null;
    };
  }

  /** {@code <3>} of systemd, {@code <11>} of syslog: the level is the number's last three bits. */
  private static @Nullable Level syslog(TextCursor text, int at) {
    int end = text.skipDigits(at + 1);
    if (end == at + 1 || end > at + 4 || text.at(end) != '>') {
      return null;
    }
    return switch (Integer.parseInt(text.substring(at + 1, end)) & 7) {
      case 0, 1, 2 -> Level.FATAL;
      case 3 -> Level.ERROR;
      case 4 -> Level.WARN;
      case 7 -> Level.DEBUG;
      default -> null; // notice, info: the text may say more
    };
  }

  /** {@code npm ERR!}, {@code npm warn}, {@code PHP Fatal error:}. */
  private static @Nullable Level word(TextCursor text, int at) {
    int end = text.skipLetters(at);
    return switch (Fold.of(text.substring(at, end))) {
      case "err", "error", "fatal", "parse" -> Level.ERROR;
      case "warn", "warning", "deprecated" -> Level.WARN;
      default -> null;
    };
  }

  private static @Nullable Level panicked(TextCursor text, int at) {
    if (!text.begins(at, RUST_THREAD)) {
      return null;
    }
    int quote = text.find('\'', at + RUST_THREAD.length, text.length());
    int after = text.skipSpace(quote + 1);
    if (text.at(after) == '(') { // its number
      after = text.skipSpace(text.find(')', after, text.length()) + 1);
    }
    return quote > 0 && text.begins(after, PANICKED) ? Level.ERROR : null;
  }

  private static @Nullable Level exited(TextCursor text, int at) {
    int number = at + EXIT_STATUS.length;
    boolean failed = text.begins(at, EXIT_STATUS) && text.isDigit(number) && text.at(number) != '0';
    return failed ? Level.ERROR : null;
  }

  private static @Nullable Level completed(TextCursor text, int at) {
    boolean failed = text.begins(at, RAILS_STATUS) && text.status(at + RAILS_STATUS.length) >= 500;
    return failed ? Level.ERROR : null;
  }

  /** klog's and glog's {@code E1120 10:23:45.1}, Ruby's {@code E, [2026-...}. */
  private static @Nullable Level letter(TextCursor text, int at) {
    int digits = text.skipDigits(at + 1) - at - 1;
    boolean klog = (digits == 4 || digits == 8) && text.isSpace(at + 1 + digits);
    boolean ruby = text.at(at + 1) == ',' && text.at(at + 2) == ' ' && text.at(at + 3) == '[';
    if (!klog && !ruby) {
      return null;
    }
    return switch (text.at(at)) {
      case 'D' -> Level.DEBUG;
      case 'W' -> Level.WARN;
      case 'E' -> Level.ERROR;
      case 'F' -> Level.FATAL;
      default -> Level.INFO;
    };
  }

  /** Redis: {@code 1:M 20 Nov 2026 10:23:45.123 # text}, where the sign is the level. */
  private static @Nullable Level redis(TextCursor text, int at) {
    int colon = text.skipDigits(at);
    if (text.at(colon) != ':' || !text.isUpper(colon + 1) || !text.isSpace(colon + 2)) {
      return null;
    }
    int sign = text.skipSpace(Timestamps.skip(text, colon + 3));
    return !text.isSpace(sign + 1)
        ? null
        : switch (text.at(sign)) {
          case '#' -> Level.WARN;
          case '*' -> Level.INFO;
          case '-' -> Level.DEBUG;
          case '.' -> Level.TRACE;
          default -> null;
        };
  }
}
