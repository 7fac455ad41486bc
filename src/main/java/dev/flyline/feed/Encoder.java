package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Position;
import org.jspecify.annotations.Nullable;

/**
 * Turns an app's entries into the bytes of one wire format. Total: there is no payload that it
 * refuses. Stateless, and called on any event loop. What it returns is shared by every viewer of
 * the format and never written to.
 */
public interface Encoder {

  /**
   * The bytes of every line of {@code batch} that {@code selection}, which spans it, lets through
   * and of every mark, in order; empty if there is nothing to send.
   */
  byte[] batch(LogBatch batch, Selection selection);

  /** The same for a batch of which nothing is known before. */
  default byte[] batch(LogBatch batch, LineFilter filter) {
    return batch(batch, Selection.of(batch, filter));
  }

  /**
   * The bytes that tell a viewer of a gap.
   *
   * @param passed whether this is a mark within a gap already told, so that its position must not
   *     move the client's backwards
   */
  byte[] gap(AppName app, Gap gap, boolean passed);

  /** Proof of life on a quiet stream, or null if the transport has its own. */
  byte @Nullable [] ping(Position at);

  /** Whether the bytes are the body of an HTTP response and go out in its chunks. */
  default boolean chunked() {
    return true;
  }
}
