package dev.flyline.feed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Where a viewer's bytes go: one socket. Used on the socket's own event loop only.
 *
 * <p>It queues no more than the channel's high watermark and what one write passes it by.
 */
public interface Sink {

  /** Whether the socket can take more; when it becomes so again, {@link Viewer#pump} is called. */
  boolean isWritable();

  /** Writes and flushes {@code bytes}, and releases one reference to them. */
  void write(ByteBuf bytes);

  /** Writes and flushes {@code bytes}, which stay the caller's and as they are. */
  void share(ByteBuf bytes);

  /** Where buffers for this socket come from. */
  ByteBufAllocator allocator();
}
