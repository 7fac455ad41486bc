package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * Adds up the lines that a router says it has not sent: it finds each {@code "count":<n>} in a
 * stream of bytes, however that is cut. The lines themselves never hold that word.
 */
final class ToldGaps {

  private static final byte[] WORD = "\"count\":".getBytes(US_ASCII);

  private int matched; // of the word
  private long number; // after a whole word
  private long lines;

  /** Looks through {@code bytes} from {@code from} up to {@code to}. */
  void accept(ByteBuffer bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = bytes.get(i);
      if (matched == WORD.length) {
        digit(b);
      } else if (b == WORD[matched]) {
        matched++;
      } else {
        matched = b == WORD[0] ? 1 : 0;
      }
    }
  }

  private void digit(byte b) {
    if (b >= '0' && b <= '9') {
      number = number * 10 + b - '0';
    } else {
      lines += number;
      number = 0;
      matched = 0;
    }
  }

  long lines() {
    return lines;
  }
}
