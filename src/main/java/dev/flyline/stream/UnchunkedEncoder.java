package dev.flyline.stream;

import dev.flyline.feed.Selection;
import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Position;
import org.jspecify.annotations.Nullable;

/**
 * A format for HTTP/1.0, which knows no chunks: the body ends with the connection. Viewers of the
 * same inner format share their bytes.
 */
record UnchunkedEncoder(StreamEncoder inner) implements StreamEncoder {

  @Override
  public byte[] batch(LogBatch batch, Selection selection) {
    return inner.batch(batch, selection);
  }

  @Override
  public byte[] gap(AppName app, Gap gap, boolean passed) {
    return inner.gap(app, gap, passed);
  }

  @Override
  public byte @Nullable [] ping(Position at) {
    return inner.ping(at);
  }

  @Override
  public byte @Nullable [] message(StreamMessage message) {
    return inner.message(message);
  }

  @Override
  public boolean chunked() {
    return false;
  }
}
