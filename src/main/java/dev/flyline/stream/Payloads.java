package dev.flyline.stream;

/** How a line's payload stands in JSON: an object as it is, anything else as a string. */
public final class Payloads {

  private Payloads() {}

  /** Puts {@code payload} as one JSON value, byte for byte if it is a JSON object. */
  public static void putJson(FrameBuffer out, byte[] payload) {
    if (JsonObjects.isObject(payload)) {
      out.put(payload);
    } else {
      JsonStrings.put(out, payload);
    }
  }

  /**
   * Puts {@code payload} verbatim, but for what is not UTF-8 and what could pass for the router's
   * own word.
   */
  public static void putVerbatim(FrameBuffer out, byte[] payload) {
    if (RouterWord.isForgedBy(payload)) {
      Frames.putLineAside(out, payload);
    } else {
      Utf8.put(out, payload, 0, payload.length);
    }
  }

  /** Likewise as one JSON value on one line. */
  public static void putVerbatimOnOneLine(FrameBuffer out, byte[] payload) {
    if (RouterWord.isForgedBy(payload)) {
      int start = out.length();
      Frames.putLineAside(out, payload);
      out.spaceLineBreaks(start);
    } else {
      putJsonOnOneLine(out, payload);
    }
  }

  /**
   * Puts {@code payload} as one JSON value on one line. In a JSON object CR and LF can stand only
   * between tokens, where a space means the same.
   */
  public static void putJsonOnOneLine(FrameBuffer out, byte[] payload) {
    int start = out.length();
    putJson(out, payload);
    out.spaceLineBreaks(start);
  }
}
