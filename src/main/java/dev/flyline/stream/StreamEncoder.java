package dev.flyline.stream;

import dev.flyline.feed.Encoder;
import org.jspecify.annotations.Nullable;

/** One wire format: lines and gaps, and what else is said on a stream. */
public interface StreamEncoder extends Encoder {

  /** The bytes of {@code message}, or null if this format does not tell it. */
  byte @Nullable [] message(StreamMessage message);
}
