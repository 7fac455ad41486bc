package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class Utf8Test {

  /** Bytes at the edges of what is valid, so that random ones often are. */
  private static final int[] EDGES = {
    'a', 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
  };

  @Test
  void randomBytes_areJudgedAsByTheJdkAndRepairedAsByBrowsers() {
    var random = new Random(3629);
    int valid = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = randomBytes(random);
      boolean expected = jdkAccepts(bytes);
      valid += expected ? 1 : 0;
      assertThat(Utf8.malformedFrom(bytes, 0, bytes.length) == bytes.length).isEqualTo(expected);
      assertThat(Utf8.text(bytes)).isEqualTo(Whatwg.decode(bytes));
    }
    assertThat(valid).isBetween(10_000, 190_000);
  }

  @Test
  void everyCodePoint_isValidAndComesBack() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        String text = Character.toString(c);
        assertThat(Utf8.text(text.getBytes(UTF_8))).isEqualTo(text);
        assertThat(new FrameBuffer(8).codePoint(c).toBytes()).isEqualTo(text.getBytes(UTF_8));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.flyline.stream.Samples#hostile")
  void hostilePayload_isRepairedAsByBrowsers(Samples.Hostile hostile) {
    assertThat(Utf8.text(hostile.payload()).equals(Whatwg.decode(hostile.payload()))).isTrue();
  }

  private static byte[] randomBytes(Random random) {
    if (random.nextBoolean()) {
      return random
          .ints(random.nextInt(20), 0, 0x900)
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString()
          .getBytes(UTF_8);
    }
    byte[] bytes = new byte[random.nextInt(24)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(3) == 0 ? 'a' : EDGES[random.nextInt(EDGES.length)]);
    }
    return bytes;
  }

  private static boolean jdkAccepts(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }
}
