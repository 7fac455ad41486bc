package dev.flyline.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Payloads that could break a form's framing, a parser or a terminal. */
final class PayloadCorpus {

  /** A longer line is cut. */
  static final int LIMIT = 64 * 1024;

  private static final int MEGABYTE = 1 << 20;

  private PayloadCorpus() {}

  /** A payload and whether it is a JSON object as RFC 8259 says, at most 100 deep. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Payload(byte[] bytes, boolean isObject) {

    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      String text = text();
      return text.length() <= 40 ? text : text.substring(0, 40) + "... of " + bytes.length;
    }
  }

  static List<Payload> all() {
    var all = new ArrayList<Payload>();
    objects().forEach(text -> all.add(new Payload(utf8(text), true)));
    noObjects().forEach(text -> all.add(new Payload(utf8(text), false)));
    notUtf8().forEach(bytes -> all.add(new Payload(bytes, false)));
    return all;
  }

  private static List<String> objects() {
    return List.of(
        "{\"message\":\"\"}",
        "{\"message\":\"a\\r\\nb\\u0000c\\td\"}",
        "{\r\n\"message\" :\n\t\"spread over lines\"\r}\n",
        "{\"message\":\"trailing\"} \r\n",
        "{ \"message\":\"twice\",\"n\":-0.5e+7,\"n\":[null,true,{}]}",
        "{\"message\":\"\\u001b[31mred\\u001b[0m \\u009b2J\"}",
        "{\"message\":\"lone \\ud800 surrogate\"}",
        "{\"message\":\"r\u00e9sum\u00e9 \ud83d\udc69\u200d\ud83d\ude80 \u202egnp.exe\"}",
        "{\"message\":\"\u2028and\u2029and\u0085\"}",
        "{\"message\":\"]}],\\\"},{\\\"type\\\":\\\"bye\\\"}\"}",
        "{\"message\":\"nested\",\"a\":" + "[".repeat(99) + "]".repeat(99) + "}",
        "{\"message\":\"" + "x".repeat(LIMIT - 14) + "\"}");
  }

  private static List<String> noObjects() {
    return List.of(
        "",
        " ",
        "plain text",
        "\n",
        "\r",
        "\r\n\r\n",
        "a\nb\rc\r\nd\n",
        "nul \0 inside",
        "\ttab, bell \7, escape \33[2J, delete \177",
        "{\"message\":\"raw \n newline\"}",
        "{\"message\":\"raw \0 nul\"}",
        "{\"message\":\"raw \t tab\"}",
        "{\"message\":1}{\"message\":2}",
        "{\"message\":\"m\"} x",
        "{\"message\":01}",
        "{\"message\":.5}",
        "{\"message\":NaN}",
        "{\"message\":tru}",
        "{'message':1}",
        "{\"message\":1,}",
        "{\"message\":1/**/}",
        "{\"message\":\"\\x41\"}",
        "{\"message\"",
        "{",
        "\ufeff{\"message\":\"after a byte order mark\"}",
        "{\"message\":\"deep\",\"a\":" + "[".repeat(100) + "]".repeat(100) + "}",
        "{\"a\":".repeat(10_000),
        "[1,2]",
        "\"a string\"",
        "17",
        "null",
        "data: x\n\nevent: bye\ndata: {}\n\nid: e:1\n\n: ",
        "\"]}\n{\"type\":\"bye\",\"code\":\"end\",\"reconnect\":false}",
        "0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "-- gap 58 (slow) --",
        "y".repeat(LIMIT));
  }

  private static List<byte[]> notUtf8() {
    return List.of(
        bytes("half a character ", 0xc3),
        bytes("", 0xff, 0xfe),
        bytes("overlong ", 0xc0, 0xaf),
        bytes("a surrogate ", 0xed, 0xa0, 0x80),
        bytes("above Unicode ", 0xf5, 0x80, 0x80, 0x80),
        bytes("{\"message\":\"", 0xff, '"', '}'));
  }

  /** Payloads over the limit, of which the limit splits a character in some. */
  static List<Payload> tooLong() {
    return List.of(
        new Payload(utf8("z".repeat(LIMIT + 1)), false),
        new Payload(utf8("z".repeat(MEGABYTE)), false),
        new Payload(utf8("{\"message\":\"" + "m".repeat(MEGABYTE - 14) + "\"}"), false),
        new Payload(utf8("\u00e9".repeat(MEGABYTE / 2)), false),
        new Payload(utf8("x" + "\u00e9".repeat(MEGABYTE / 2)), false),
        new Payload(utf8("xy" + "\ud83d\ude80".repeat(MEGABYTE / 4)), false),
        new Payload(utf8("x" + "\ud83d\ude80".repeat(MEGABYTE / 4)), false));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text, int... more) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(utf8(text));
    for (int b : more) {
      bytes.write(b);
    }
    return bytes.toByteArray();
  }
}
