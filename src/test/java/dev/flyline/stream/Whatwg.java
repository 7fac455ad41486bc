package dev.flyline.stream;

import java.util.ArrayList;
import java.util.List;

/** What a browser does with bytes, written down from the standards step by step. */
public final class Whatwg {

  private Whatwg() {}

  /** A message event as a page sees it. */
  public record Event(String type, String data, String lastEventId) {}

  /** What an EventSource made of a body; {@code retry} is -1 if it was not set. */
  public record EventSource(List<Event> events, String lastEventId, long retry) {}

  /** The UTF-8 decoder of WHATWG Encoding, 8.1.1. */
  public static String decode(byte[] bytes) {
    var text = new StringBuilder();
    int codePoint = 0;
    int seen = 0;
    int needed = 0;
    int lower = 0x80;
    int upper = 0xBF;
    for (int i = 0; i <= bytes.length; i++) {
      int b = i == bytes.length ? -1 : bytes[i] & 0xFF;
      if (needed == 0) {
        if (b >= 0xC2 && b <= 0xF4) {
          lower = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
          upper = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
          needed = b <= 0xDF ? 1 : b <= 0xEF ? 2 : 3;
          codePoint = b & (0x3F >> needed);
        } else if (b >= 0) {
          text.append(b <= 0x7F ? (char) b : '\uFFFD');
        }
      } else if (b < lower || b > upper) {
        text.append('\uFFFD');
        needed = 0;
        seen = 0;
        i--; // read it again
      } else {
        lower = 0x80;
        upper = 0xBF;
        codePoint = codePoint << 6 | (b & 0x3F);
        seen++;
        if (seen == needed) {
          text.appendCodePoint(codePoint);
          needed = 0;
          seen = 0;
        }
      }
    }
    return text.toString();
  }

  /** The event stream interpretation of WHATWG HTML, 9.2.6. */
  public static EventSource eventSource(byte[] body) {
    var events = new ArrayList<Event>();
    var data = new StringBuilder();
    String type = "";
    String idBuffer = "";
    String lastEventId = "";
    long retry = -1;
    String text = decode(body);
    List<String> lines = List.of(text.split("\r\n|\r|\n", -1));
    for (String line : lines.subList(0, lines.size() - 1)) { // what has no end is discarded
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String rest = colon < 0 ? "" : line.substring(colon + 1);
      String value = rest.startsWith(" ") ? rest.substring(1) : rest;
      if (line.isEmpty()) {
        lastEventId = idBuffer;
        if (!data.isEmpty()) {
          data.setLength(data.length() - 1);
          events.add(new Event(type.isEmpty() ? "message" : type, data.toString(), lastEventId));
        }
        data.setLength(0);
        type = "";
      } else if (field.equals("event")) {
        type = value;
      } else if (field.equals("data")) {
        data.append(value).append('\n');
      } else if (field.equals("id") && value.indexOf('\0') < 0) {
        idBuffer = value;
      } else if (field.equals("retry") && value.matches("[0-9]+")) {
        retry = Long.parseLong(value);
      }
    }
    return new EventSource(events, lastEventId, retry);
  }
}
