package dev.flyline.stream;

import dev.flyline.log.AppName;
import dev.flyline.log.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the router says to a client beside lines, gaps and pings. */
public sealed interface StreamMessage {

  /**
   * The first message of a stream, and the answer to a change of its filter.
   *
   * @param oldest the oldest seq that the ring holds
   * @param head the newest seq; 0 before the first line
   * @param at the position that the client has been served up to
   * @param expires when the grant ends
   * @param filter by which what comes after {@code at} is judged; null if none was ever set
   */
  record Hello(
      AppName app,
      String node,
      String region,
      String epoch,
      long oldest,
      long head,
      Position at,
      Instant expires,
      @Nullable String filter)
      implements StreamMessage {

    /** The same without a filter. */
    public Hello(
        AppName app,
        String node,
        String region,
        String epoch,
        long oldest,
        long head,
        Position at,
        Instant expires) {
      this(app, node, region, epoch, oldest, head, at, expires, null);
    }
  }

  /**
   * Something that a person should know and that ends nothing.
   *
   * @param place set if it is about a text of the client's
   */
  record Notice(String code, String detail, @Nullable Place place) implements StreamMessage {

    /** What is about no text of the client's. */
    public Notice(String code, String detail) {
      this(code, detail, null);
    }
  }

  /**
   * Where a text of the client's cannot be understood.
   *
   * @param position the index of the character (UTF-16 code unit) at fault, counted from 0
   * @param hint how to mend it
   */
  record Place(int position, String hint) {}

  /** The grant ends in so many seconds. */
  record Expiring(long inSeconds) implements StreamMessage {}

  /**
   * The last message.
   *
   * @param afterMs how long to wait before coming back; 0 for at once
   * @param at where the stream ended; set when it ended because all was sent
   */
  record Bye(EndReason reason, long afterMs, @Nullable Position at) implements StreamMessage {

    /** The end of a stream at no particular place. */
    public Bye(EndReason reason, long afterMs) {
      this(reason, afterMs, null);
    }
  }
}
