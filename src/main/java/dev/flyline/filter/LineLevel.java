package dev.flyline.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which a line has its level.
 *
 * <ol>
 *   <li>The envelope's {@code log.level}, unless it is info: Fly says info of nearly every line of
 *       an app.
 *   <li>A message that is a JSON object: its {@code level}, {@code lvl}, {@code severity} or {@code
 *       log.level}, as a word or as the number of pino and bunyan.
 *   <li>Any other message: {@code level=} among key=value pairs, or a marker at its start or right
 *       after its timestamp ({@link TextStart}); never a word in its middle.
 *   <li>A line that says nothing so, and goes on with an error of the same machine, has that line's
 *       level ({@link TraceLevels}).
 *   <li>Else info.
 * </ol>
 */
final class LineLevel {

  private static final byte[] AT = "at ".getBytes(US_ASCII);
  private static final byte[] CAUSED_BY = "Caused by:".getBytes(US_ASCII);
  private static final byte[] MORE = "...".getBytes(US_ASCII);

  private LineLevel() {}

  /** The level that the line itself states; null if it states none. */
  static @Nullable Level stated(LineView line) {
    JsonLevel envelope = line.payloadLevel();
    Level platform = envelope == null ? null : envelope.ofLog();
    if (platform != null && platform != Level.INFO) {
      return platform;
    }
    JsonLevel json = line.messageLevel();
    if (json != null) {
      return json.any();
    }
    Level own = envelope == null ? null : envelope.own();
    return own == null ? line.start().level() : own;
  }

  /** The level of a line that states none and goes on with none. */
  static Level unstated(LineView line) {
    return begins(line, CAUSED_BY) ? Level.ERROR : Level.INFO;
  }

  /** Whether the line may go on with the one before it. */
  static boolean goesOn(LineView line) {
    int from = line.messageFrom();
    byte first = from < line.messageTo() ? line.messageBytes()[from] : 0;
    return first == ' '
        || first == '\t'
        || begins(line, AT)
        || begins(line, CAUSED_BY)
        || begins(line, MORE);
  }

  private static boolean begins(LineView line, byte[] start) {
    int from = line.messageFrom();
    int end = from + start.length;
    return end <= line.messageTo()
        && Arrays.equals(line.messageBytes(), from, end, start, 0, start.length);
  }
}
