package dev.flyline.ingest.nats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LineCutterTest {

  @Test
  void payloadWithinTheLimit_isLeftAlone() {
    byte[] payload = "1234".getBytes(UTF_8);

    assertThat(new LineCutter(4).cut(payload)).isSameAs(payload);
    assertThat(new LineCutter(4).isTooLong(payload)).isFalse();
    assertThat(new LineCutter(3).isTooLong(payload)).isTrue();
  }

  @Test
  void longerPayload_saysHowMuchIsGone() {
    assertThat(cut("12345", 4)).isEqualTo("1234 …[flyline: cut 1 bytes]");
    assertThat(cut("x".repeat(1_000_000), 10)).isEqualTo("xxxxxxxxxx …[flyline: cut 999990 bytes]");
    assertThat(cut("abc", 0)).isEqualTo(" …[flyline: cut 3 bytes]");
  }

  @Test
  void character_isCutWhole() {
    assertThat(cut("aé", 2)).isEqualTo("a …[flyline: cut 2 bytes]");
    assertThat(cut("a日b", 3)).isEqualTo("a …[flyline: cut 4 bytes]");
    assertThat(cut("a😀b", 4)).isEqualTo("a …[flyline: cut 5 bytes]");
    assertThat(cut("a😀b", 5)).isEqualTo("a😀 …[flyline: cut 1 bytes]");
    assertThat(cut("😀", 1)).isEqualTo(" …[flyline: cut 4 bytes]");
  }

  @Test
  void bytesThatAreNoUtf8_areCutAtTheLimit() {
    byte[] payload = "\u0080".repeat(10).getBytes(ISO_8859_1);

    assertThat(new LineCutter(7).cut(payload)).startsWith(payload[0]).hasSize(7 + 26);
    assertThat(new LineCutter(2).cut("a\u0080\u0080".getBytes(ISO_8859_1))).hasSize(2 + 26);
  }

  @Test
  void anyCutOfUtf8_isUtf8AndAddsUp() throws CharacterCodingException {
    var random = new Random(99);
    for (int i = 0; i < 20_000; i++) {
      byte[] payload =
          random
              .ints(1 + random.nextInt(30), 0, 4)
              .mapToObj(kind -> new String[] {"a", "é", "日", "😀"}[kind])
              .reduce("", String::concat)
              .getBytes(UTF_8);
      int limit = random.nextInt(payload.length);

      byte[] cut = new LineCutter(limit).cut(payload);

      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(cut)).toString();
      int kept = text.substring(0, text.indexOf(" …[")).getBytes(UTF_8).length;
      assertThat(kept).isBetween(Math.max(0, limit - 3), limit);
      assertThat(text).endsWith(" …[flyline: cut " + (payload.length - kept) + " bytes]");
    }
  }

  @Test
  void negativeLimit_isRefused() {
    assertThatThrownBy(() -> new LineCutter(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static String cut(String payload, int limit) {
    return new String(new LineCutter(limit).cut(payload.getBytes(UTF_8)), UTF_8);
  }
}
