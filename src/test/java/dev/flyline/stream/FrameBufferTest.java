package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameBufferTest {

  @Test
  void numbers_areWrittenAsJavaWritesThem() {
    var random = new Random(10);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertThat(text(new FrameBuffer(1).number(value))).isEqualTo(Long.toString(value));
    }
    for (long value : new long[] {0, 9, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(text(new FrameBuffer(1).number(value))).isEqualTo(Long.toString(value));
    }
  }

  @Test
  void buffer_growsAndReturnsExactlyWhatWasPut() {
    var expected = new StringBuilder();
    var out = new FrameBuffer(1);
    for (int i = 0; i < 5_000; i++) {
      out.ascii("ab").put('c').put("déf".getBytes(UTF_8)).number(i).position("e-1", i);
      expected.append("abcdéf").append(i).append("e-1:").append(i);
    }
    assertThat(text(out)).isEqualTo(expected.toString());
    assertThat(new FrameBuffer(10).toBytes()).isEmpty();
  }

  @Test
  void shift_makesAndTakesRoomBehindWhatStands() {
    var out = new FrameBuffer(64).ascii("ab").skip(2).ascii("x".repeat(60));
    out.shift(4, 3).set(2, '1').set(3, '2').set(4, '3').set(5, '4').set(6, '5');
    assertThat(text(out)).isEqualTo("ab12345" + "x".repeat(60));

    out = new FrameBuffer(64).ascii("ab__cd").shift(4, -2);
    assertThat(text(out)).isEqualTo("abcd");
  }

  @Test
  void halfASurrogatePair_becomesTheReplacementCharacter() {
    assertThat(text(new FrameBuffer(8).codePoint(0xD800).codePoint(0xDFFF)))
        .isEqualTo("\uFFFD\uFFFD");
  }

  private static String text(FrameBuffer buffer) {
    return new String(buffer.toBytes(), UTF_8);
  }
}
