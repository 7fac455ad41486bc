package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ToldGapsTest {

  private static final ByteBuffer BYTES =
      ByteBuffer.wrap(
          """
          {"a":1}{"flyline":{"type":"gap","count":58,"cause":"slow"}}""count":
          {"type":"gap","count":null}{"type":"gap","count":1200}"""
              .getBytes(US_ASCII));

  @Test
  void counts_areAddedUpHoweverTheyAreCut() {
    for (int size = 1; size <= BYTES.limit(); size++) {
      var told = new ToldGaps();
      for (int at = 0; at < BYTES.limit(); at += size) {
        told.accept(BYTES, at, Math.min(BYTES.limit(), at + size));
      }
      assertThat(told.lines()).as("by %s bytes", size).isEqualTo(58 + 1200);
    }
  }
}
