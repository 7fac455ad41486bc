package dev.flyline.stream.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import dev.flyline.stream.FrameBuffer;
import dev.flyline.stream.LineByLineEncoder;
import dev.flyline.stream.StreamMessage;
import dev.flyline.stream.Utf8;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/**
 * {@code <timestamp> <region> <machine> <level> <message>} per line. Control characters other than
 * tab, and characters that nobody sees, are spelled out: a message stays on its line, does not
 * steer the reader's terminal, and reads as it is. A line begins with a digit, so that none can
 * pass for the router's own {@code -- gap --}.
 */
public final class TextEncoder extends LineByLineEncoder {

  /** The only one needed: it has no state. */
  public static final TextEncoder INSTANCE = new TextEncoder();

  private static final DateTimeFormatter RFC_3339_MS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private static final String NO_LEVEL = "-";
  private static final int MAX_TIMESTAMP = 40;
  private static final int MAX_LEVEL = 32;

  private TextEncoder() {}

  @Override
  protected void putLine(FrameBuffer out, String epoch, long seq, LogLine line) {
    FlyFields fields = FlyFields.read(line.payload());
    String timestamp = fields.timestamp();
    if (timestamp == null || !isTimestamp(timestamp)) {
      timestamp = RFC_3339_MS.format(Instant.ofEpochMilli(line.arrivedMs()));
    }
    String level = fields.level();
    if (level == null || !isWord(level)) {
      level = NO_LEVEL;
    }
    String message = fields.message();
    if (message == null) {
      message = Utf8.text(line.payload());
    }
    out.ascii(timestamp).put(' ');
    putVisible(out, line.region());
    putVisible(out.put(' '), line.machine());
    out.put(' ').ascii(level).put(' ');
    putVisible(out, message);
    out.put('\n');
  }

  /** Whether {@code text} can stand in the first column without being taken for something else. */
  private static boolean isTimestamp(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_TIMESTAMP
        && Character.digit(text.charAt(0), 10) >= 0
        && text.chars().allMatch(c -> "0123456789TtZz:.+-".indexOf(c) >= 0);
  }

  /** Whether {@code text} can stand in a column of its own. */
  private static boolean isWord(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LEVEL
        && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
  }

  private static void putVisible(FrameBuffer out, String text) {
    boolean maySelect = false; // whether a selector of text or emoji style may follow
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (maySelect && Invisible.isStyleSelector(c)) {
        out.codePoint(c);
        maySelect = false;
      } else if (Invisible.is(c)) {
        out.ascii(Invisible.escape(c));
        maySelect = false;
      } else {
        out.codePoint(c);
        maySelect = c > 0x7F;
      }
      i += Character.charCount(c);
    }
  }

  @Override
  protected void putGap(FrameBuffer out, AppName app, Gap gap, boolean passed) {
    out.ascii("-- gap ");
    if (gap.count() != Mark.UNKNOWN) {
      out.number(gap.count()).put(' ');
    }
    out.put('(').ascii(gap.cause().wireName()).ascii(") --\n");
  }

  /** Null: nothing but lines, gaps and the end stands in this form. */
  @Override
  public byte @Nullable [] ping(Position at) {
    return null;
  }

  @Override
  public byte @Nullable [] message(StreamMessage message) {
    return message instanceof StreamMessage.Bye bye
        ? ("-- " + bye.reason().wireName() + " --\n").getBytes(UTF_8)
        : null;
  }
}
