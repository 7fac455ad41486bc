package dev.flyline.ingest.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Cuts payloads that are over the line limit, on a character boundary, and says at their end how
 * much is gone: {@code …[flyline: cut 123 bytes]}. What it says comes on top of the limit.
 */
final class LineCutter {

  private static final int LONGEST_CHARACTER = 4;

  private final int limitBytes;

  /** Makes a cutter that keeps at most {@code limitBytes} bytes of a payload. */
  LineCutter(int limitBytes) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("limitBytes: must not be negative");
    }
    this.limitBytes = limitBytes;
  }

  /** Whether {@code payload} is over the limit. */
  boolean isTooLong(byte[] payload) {
    return payload.length > limitBytes;
  }

  /** Returns {@code payload} itself if it is within the limit, else a cut copy. */
  byte[] cut(byte[] payload) {
    if (payload.length <= limitBytes) {
      return payload;
    }
    int kept = boundary(payload);
    byte[] note = (" …[flyline: cut " + (payload.length - kept) + " bytes]").getBytes(UTF_8);
    byte[] cut = Arrays.copyOf(payload, kept + note.length);
    System.arraycopy(note, 0, cut, kept, note.length);
    return cut;
  }

  /** The last place up to the limit that is not within a character; the limit if not UTF-8. */
  private int boundary(byte[] payload) {
    int lead = limitBytes;
    int least = Math.max(0, limitBytes - LONGEST_CHARACTER + 1);
    while (lead > least && isContinuation(payload[lead])) {
      lead--;
    }
    return lead + characterLength(payload[lead]) > limitBytes ? lead : limitBytes;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  /** The length that a character's first byte announces; 0 for a byte that can be none. */
  private static int characterLength(byte first) {
    int value = first & 0xFF;
    if (value < 0x80) {
      return 1;
    }
    if (value < 0xC0) {
      return 0;
    }
    return value < 0xE0 ? 2 : value < 0xF0 ? 3 : LONGEST_CHARACTER;
  }
}
