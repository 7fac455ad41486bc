package dev.flyline.it;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text on the wire, which must be UTF-8 whatever the payloads were. */
final class Utf8 {

  private Utf8() {}

  /** Decodes {@code bytes}, and fails the test if they are not UTF-8. */
  static String strict(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text; // nothing was replaced; the decoder below is slow
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("not UTF-8: " + text, e);
    }
  }
}
