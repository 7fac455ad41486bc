package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * The bytes of one app's lines with room for what changes: the line's number and the time it was
 * sent, which stand in its message as {@code @@<number> <nanoseconds> }. Every line has the same
 * length, and the marker stands at the same place in it, on which {@link Viewer} relies.
 */
final class LineTemplate {

  private static final String TAIL = "\",\"timestamp\":\"2026-11-20T12:00:00.123456789Z\"}";

  /** The longest marker: two numbers of 19 digits, each with a blank after it. */
  private static final int ROOM = 40;

  private final byte[] bytes;
  private final int numbersAt;

  private LineTemplate(byte[] before, String app, int source, int lineBytes, byte[] after) {
    String head =
        """
        {"event":{"provider":"app"},"fly":{"app":{"instance":"%s","name":"%s"},\
        "region":"%s"},"host":"1234","log":{"level":"info"},"message":"@@"""
            .formatted(Sources.machine(source), app, Sources.region(source));
    int fill = lineBytes - head.length() - TAIL.length();
    if (fill < ROOM) {
      throw new IllegalArgumentException("lineBytes is too small for a line: " + lineBytes);
    }
    byte[] line = (head + "x".repeat(fill) + TAIL).getBytes(US_ASCII);
    bytes =
        ByteBuffer.allocate(before.length + lineBytes + after.length)
            .put(before)
            .put(line)
            .put(after)
            .array();
    numbersAt = before.length + head.length();
  }

  /** A line of one of the app's machines inside the NATS command that publishes it. */
  static LineTemplate published(String app, int source, int lineBytes) {
    String command =
        "PUB logs.%s.%s.%s %d\r\n"
            .formatted(app, Sources.region(source), Sources.machine(source), lineBytes);
    return new LineTemplate(
        command.getBytes(US_ASCII), app, source, lineBytes, "\r\n".getBytes(US_ASCII));
  }

  /** A line as a server's WebSocket text frame. */
  static LineTemplate framed(String app, int source, int lineBytes) {
    return new LineTemplate(WebSocket.textHeader(lineBytes), app, source, lineBytes, new byte[0]);
  }

  int length() {
    return bytes.length;
  }

  void appendTo(ByteBuffer out, long seq, long sentNs) {
    int at = out.position() + numbersAt;
    out.put(bytes);
    at = putNumber(out, at, seq);
    putNumber(out, at, sentNs);
  }

  private static int putNumber(ByteBuffer out, int at, long number) {
    int end = at + 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      end++;
    }
    long rest = number;
    for (int i = end - 1; i >= at; i--) {
      out.put(i, (byte) ('0' + rest % 10));
      rest /= 10;
    }
    out.put(end, (byte) ' ');
    return end + 1;
  }
}
