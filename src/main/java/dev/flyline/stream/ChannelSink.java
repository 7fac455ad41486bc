package dev.flyline.stream;

import dev.flyline.feed.Sink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * A client's socket below Vert.x: bytes that are ready for the wire go straight to the head of the
 * channel's pipeline, past every encoder.
 *
 * <p>Vert.x has no way to write one shared buffer to many WebSockets or responses without making
 * objects for each, so this is the one place that knows its insides: the channel of a connection,
 * and that a WebSocket's frames and a chunked response's chunks may be written there between those
 * of Vert.x. Belongs to the channel's event loop.
 *
 * <p>It also keeps a client from costing more than its share: nothing is read from it while it
 * takes nothing, and at most {@link #READ_BYTES} between two ticks. So answers to pings cannot pile
 * up.
 */
final class ChannelSink extends ChannelInboundHandlerAdapter implements Sink {

  /** What may be queued in the process for one socket. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private static final int READ_BYTES = 16 * 1024;

  private final Channel channel;
  private @Nullable ChannelHandlerContext head; // set when in the pipeline
  private @Nullable StreamSession session; // set when the stream begins
  private int readBytes;

  private ChannelSink(Channel channel) {
    this.channel = channel;
  }

  /** Puts a sink into {@code connection}'s pipeline; on its event loop. */
  static ChannelSink of(HttpConnection connection) {
    Channel channel = ((ConnectionBase) connection).channel();
    var sink = new ChannelSink(channel);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    channel.pipeline().addFirst(sink);
    return sink;
  }

  /** Tells {@code owner} from now on of what happens to the socket. */
  void serve(StreamSession owner) {
    session = owner;
    if (!channel.isActive()) {
      owner.gone();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    head = context;
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void write(ByteBuf bytes) {
    ChannelHandlerContext context = head;
    if (context == null) {
      bytes.release();
    } else {
      var _ = context.writeAndFlush(bytes, context.voidPromise());
    }
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  /** Bytes that the socket must take before it is writable again. */
  long backlog() {
    return channel.bytesBeforeWritable();
  }

  /** Leaves the pipeline: the stream is over, the connection may go on. */
  void detach() {
    session = null;
    if (head != null && !head.isRemoved()) {
      channel.pipeline().remove(this);
      channel.config().setAutoRead(true);
    }
  }

  /** Closes the socket without a word. */
  void abort() {
    var _ = channel.close();
  }

  /** Lets the client send again; called at each tick. */
  void tick() {
    if (readBytes > 0) {
      readBytes = 0;
      readIfAllowed();
    }
  }

  private void readIfAllowed() {
    boolean allowed = channel.isWritable() && readBytes < READ_BYTES;
    if (channel.config().isAutoRead() != allowed) {
      channel.config().setAutoRead(allowed);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes && session != null) {
      readBytes += bytes.readableBytes();
      if (readBytes >= READ_BYTES) {
        readIfAllowed();
      }
    }
    context.fireChannelRead(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (session != null) {
      readIfAllowed();
      if (channel.isWritable()) {
        session.writable();
      }
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (session != null) {
      session.gone();
    }
    context.fireChannelInactive();
  }
}
