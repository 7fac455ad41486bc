package dev.flyline.stream;

import dev.flyline.log.AppName;
import dev.flyline.log.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the router says to a client beside lines, gaps and pings. */
public sealed interface StreamMessage {

  /**
   * The first message of a stream.
   *
   * @param oldest the oldest seq that the ring holds
   * @param head the newest seq; 0 before the first line
   * @param at the position that the client has been served up to
   * @param expires when the grant ends
   */
  record Hello(
      AppName app,
      String node,
      String region,
      String epoch,
      long oldest,
      long head,
      Position at,
      Instant expires)
      implements StreamMessage {}

  /** Something that a person should know and that ends nothing. */
  record Notice(String code, String detail) implements StreamMessage {}

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
