package dev.flyline.stream;

/** What a client learned from a stream; the end of every decoder of the tests. */
public sealed interface Told {

  /**
   * A line.
   *
   * @param position empty in a form without positions
   * @param value the payload as the form tells it
   */
  record Line(String position, String value) implements Told {}

  /**
   * A gap.
   *
   * @param count as in JSON, so {@code null} may stand there
   */
  record Missing(String from, String to, String count, String cause) implements Told {}

  /** Any other frame, as it stood. */
  record Other(String frame) implements Told {}
}
