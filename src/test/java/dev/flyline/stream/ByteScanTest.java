package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

final class ByteScanTest {

  @Test
  void everyByteAtEveryPlace_isFoundOrPassedByAllScans() {
    byte[] bytes = new byte[40];
    for (int value = 0; value < 256; value++) {
      for (int at = 0; at < bytes.length; at++) {
        Arrays.fill(bytes, (byte) 'a');
        bytes[at] = (byte) value;
        check(bytes, 0, bytes.length);
      }
    }
  }

  @Test
  void randomBytesAndBounds_giveWhatAPlainLoopGives() {
    var random = new Random(64);
    byte[] edges = {0, 0x1F, ' ', '!', '"', '#', '[', '\\', ']', 0x7F, (byte) 0x80, -1, 'a', 'b'};
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = random.nextInt(6) > 0 ? (byte) 'a' : edges[random.nextInt(edges.length)];
      }
      int from = random.nextInt(bytes.length + 1);
      check(bytes, from, from + random.nextInt(bytes.length - from + 1));
    }
  }

  private static void check(byte[] bytes, int from, int to) {
    assertThat(ByteScan.nonAsciiFrom(bytes, from, to))
        .isEqualTo(loop(bytes, from, to, b -> b >= 0x80));
    assertThat(ByteScan.controlFrom(bytes, from, to)).isEqualTo(loop(bytes, from, to, b -> b < 32));
    assertThat(ByteScan.notPlainFrom(bytes, from, to))
        .isEqualTo(loop(bytes, from, to, b -> b < 32 || b >= 0x80 || b == '"' || b == '\\'));
  }

  private static int loop(byte[] bytes, int from, int to, IntPredicate isHit) {
    int i = from;
    while (i < to && !isHit.test(bytes[i] & 0xFF)) {
      i++;
    }
    return i;
  }
}
