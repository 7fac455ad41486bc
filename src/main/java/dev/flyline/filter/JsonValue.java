package dev.flyline.filter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.function.Predicate;

/** A value found in JSON: where it is. Used anew for each search, by one thread. */
final class JsonValue {

  private static final byte[] NOTHING = {};

  private byte[] json = NOTHING;
  private int from;
  private int to;

  /**
   * Looks for a member of the object that {@code object} holds from {@code begin} to {@code end}.
   * Dots in the path lead into objects, or stand in names as they are. Of several the last counts.
   *
   * @param path the path in UTF-8, of which the part from {@code at} on is left to go
   */
  boolean find(byte[] object, int begin, int end, byte[] path, int at) {
    boolean found = false;
    var members = new JsonMembers().over(object, begin, end);
    while (members.next()) {
      if (members.isNamed(path, at)) {
        json = object;
        from = members.valueFrom();
        to = members.valueTo();
        found = true;
      } else if (object[members.valueFrom()] == '{') {
        int name = members.leads(path, at);
        found |= name > 0 && find(object, members.valueFrom(), members.valueTo(), path, at + name);
      }
    }
    return found;
  }

  /** Whether the value is a string. */
  boolean isString() {
    return json[from] == '"';
  }

  /** The text of a string, a number, {@code true}, {@code false} or {@code null}. */
  String text() {
    return isString()
        ? JsonMembers.text(json, from + 1, to - 1)
        : new String(json, from, to - from, ISO_8859_1);
  }

  /** How many bytes the value takes. */
  int bytes() {
    return to - from;
  }

  /** Whether the value, or one of its elements if it is an array, passes {@code test}. */
  boolean matches(Predicate<JsonValue> test) {
    if (json[from] == '{') {
      return false;
    }
    if (json[from] != '[') {
      return test.test(this);
    }
    int end = to;
    int i = JsonMembers.skipSpace(json, from + 1, end);
    while (i < end && json[i] != ']') {
      from = i;
      to = JsonMembers.skipValue(json, i, end);
      if (to < 0) {
        return false;
      }
      if (json[from] != '{' && json[from] != '[' && test.test(this)) {
        return true;
      }
      i = JsonMembers.skipSpace(json, to, end);
      if (i < end && json[i] == ',') {
        i = JsonMembers.skipSpace(json, i + 1, end);
      }
    }
    return false;
  }
}
