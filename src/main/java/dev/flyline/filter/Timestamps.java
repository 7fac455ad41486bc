package dev.flyline.filter;

import java.util.Set;

/** Recognizes the ways in which programs write the time at the start of a line. */
final class Timestamps {

  private static final Set<String> NAMES =
      Set.of(
          "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon",
          "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final Set<String> ZONES = Set.of("Z", "UTC", "GMT", "AM", "PM", "CET", "CEST");
  private static final int MAX_TOKENS = 7;
  private static final int EPOCH_DIGITS = 10;

  private Timestamps() {}

  /** The index after the time that stands at {@code from}; {@code from} if there is none. */
  static int skip(TextCursor text, int from) {
    if (!text.isDigit(from) && !text.isUpper(from)) {
      return from;
    }
    boolean sure = false;
    int end = from;
    int i = from;
    for (int tokens = 0; tokens < MAX_TOKENS && i < text.length(); tokens++) {
      int next = end(text, i);
      boolean time = isTime(text, i, next);
      if (!time && !(sure ? isAfter(text, i, next, from) : isBefore(text, i, next))) {
        break;
      }
      sure |= time;
      end = next;
      i = text.skipSpace(text.at(next) == ',' ? next + 1 : next);
      if (i == next && time) {
        break; // something else is attached to it
      }
    }
    return sure ? end : from;
  }

  /** The end of a token without what punctuates it. */
  private static int end(TextCursor text, int from) {
    int i = from;
    while (i < text.length() && !text.isSpace(i) && text.at(i) != ']') {
      i++;
    }
    while (i > from && (text.at(i - 1) == ',' || text.at(i - 1) == ':')) {
      i--;
    }
    return i;
  }

  /** A date, a time, or both. */
  private static boolean isTime(TextCursor text, int from, int to) {
    int digits = text.skipDigits(from) - from;
    if (digits == 0 || to == from) {
      return false;
    }
    int after = from + digits;
    if (digits >= EPOCH_DIGITS && (after == to || text.at(after) == '.')) {
      return text.skipDigits(after + 1) >= to;
    }
    if (digits <= 2 && text.at(after) == ':') { // 10:23AM
      return text.isDigit(after + 1) && text.isDigit(after + 2) && isPlain(text, after + 3, to);
    }
    char separator = (char) text.at(after);
    if (separator != '-' && separator != '/' && separator != '.') {
      return false;
    }
    int second = after + 1;
    boolean numbers = digits == 4 && text.skipDigits(second) == second + 2;
    boolean named = digits <= 2 && NAMES.contains(name(text, second));
    int third = second + (numbers ? 2 : 3);
    return (numbers || named) && text.at(third) == separator && text.isDigit(third + 1);
  }

  private static boolean isPlain(TextCursor text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!text.isDigit(i) && ":.,+-Zz".indexOf(text.at(i)) < 0 && !isHalfDay(text, i, to)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHalfDay(TextCursor text, int i, int to) {
    return (i == to - 2 && (text.at(i) == 'A' || text.at(i) == 'P'))
        || (i == to - 1 && text.at(i) == 'M');
  }

  private static String name(TextCursor text, int from) {
    return text.skipLetters(from) == from + 3 ? text.substring(from, from + 3) : "";
  }

  /** What may stand before the time: the day's name, the month's, the day, the year. */
  private static boolean isBefore(TextCursor text, int from, int to) {
    int digits = text.skipDigits(from) - from;
    boolean number = digits > 0 && from + digits == to && (digits <= 2 || digits == 4);
    return number || (to == from + 3 && NAMES.contains(name(text, from)));
  }

  /** What may stand after it: the zone, or the year if a name came first. */
  private static boolean isAfter(TextCursor text, int from, int to, int start) {
    if (text.at(from) == '+' || text.at(from) == '-') {
      return text.isDigit(from + 1) && to - from >= 5;
    }
    if (text.isUpper(start) && text.skipDigits(from) == to && to == from + 4) {
      return true;
    }
    return to > from && to - from <= 4 && ZONES.contains(text.substring(from, to));
  }
}
