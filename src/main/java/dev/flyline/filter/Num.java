package dev.flyline.filter;

import org.jspecify.annotations.Nullable;

/**
 * A number as JSON writes it. Whole numbers are exact up to 18 digits; others, and larger ones, are
 * the nearest double.
 *
 * @param whole whether {@code exact} is the number
 * @param approximate the nearest double; infinite if there is none near
 */
record Num(boolean whole, long exact, double approximate) implements Comparable<Num> {

  /** Longer numbers are taken for text: nobody means them, and reading them takes time. */
  private static final int MAX_LENGTH = 100;

  private static final int MAX_DIGITS = 18;

  /** Reads {@code text}; null if it is no number of JSON. */
  static @Nullable Num parse(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_LENGTH) {
      return null;
    }
    int i = text.charAt(0) == '-' ? 1 : 0;
    int end = digits(text, i);
    if (end == i || (text.charAt(i) == '0' && end > i + 1)) {
      return null;
    }
    if (end == length && end - i <= MAX_DIGITS) {
      long exact = Long.parseLong(text);
      return new Num(true, exact, exact);
    }
    if (end < length && text.charAt(end) == '.') {
      int fraction = end + 1;
      end = digits(text, fraction);
      if (end == fraction) {
        return null;
      }
    }
    if (end < length && (text.charAt(end) | 0x20) == 'e') {
      boolean signed = end + 1 < length && "+-".indexOf(text.charAt(end + 1)) >= 0;
      int exponent = signed ? end + 2 : end + 1;
      end = digits(text, exponent);
      if (end == exponent) {
        return null;
      }
    }
    return end == length ? new Num(false, 0, Double.parseDouble(text)) : null;
  }

  private static int digits(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** Whether a double can tell it from all that is too large. */
  boolean isFinite() {
    return Double.isFinite(approximate);
  }

  @Override
  public int compareTo(Num other) {
    if (whole && other.whole) {
      return Long.compare(exact, other.exact);
    }
    return Double.compare(approximate + 0.0, other.approximate + 0.0); // -0.0 is 0.0
  }

  /** As a filter spells it. */
  @Override
  public String toString() {
    return whole ? Long.toString(exact) : Double.toString(approximate);
  }
}
