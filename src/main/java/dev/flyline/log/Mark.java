package dev.flyline.log;

/**
 * A hole in an app's log whose lines were never numbered. It has a position of its own and is kept,
 * resumed and repaired like a line.
 *
 * @param lines how many lines are missing, or {@link #UNKNOWN}
 */
public record Mark(GapCause cause, long lines, long arrivedMs) implements Entry {

  /** A count of lines that nobody knows; {@code null} on the wire. */
  public static final long UNKNOWN = -1;

  @Override
  public int bytes() {
    return 64;
  }
}
