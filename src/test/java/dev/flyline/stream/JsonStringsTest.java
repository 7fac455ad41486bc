package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class JsonStringsTest {

  @Test
  void specialCharacters_areEscapedTheShortWay() {
    assertThat(string("a\"b\\c\n\r\t\0\u001b\u007f/é😀".getBytes(UTF_8)))
        .isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\u0000\\u001b\u007f/é😀\"");
  }

  @ParameterizedTest
  @MethodSource("dev.flyline.stream.Samples#hostile")
  void hostileBytes_comeBackFromAJsonParser(Samples.Hostile hostile) {
    assertComesBack(hostile.payload());
  }

  @Test
  void randomBytes_comeBackFromAJsonParser() {
    var random = new Random(34);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      assertComesBack(bytes);
    }
  }

  private static void assertComesBack(byte[] bytes) {
    String string = string(bytes);
    assertThat(Decoders.value(string.getBytes(UTF_8)).equals(Whatwg.decode(bytes))).isTrue();
    assertThat(JsonObjects.isObject(("{\"a\":" + string + "}").getBytes(UTF_8))).isTrue();
  }

  private static String string(byte[] bytes) {
    var out = new FrameBuffer(8);
    JsonStrings.put(out, bytes);
    return Decoders.strict(out.toBytes());
  }
}
