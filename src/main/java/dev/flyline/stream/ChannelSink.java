package dev.flyline.stream;

import dev.flyline.feed.Sink;
import dev.flyline.web.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's socket below Vert.x: bytes that are ready for the wire go straight to the head of the
 * channel's pipeline, past every encoder.
 *
 * <p>Vert.x has no way to write one shared buffer to many WebSockets or responses without making
 * objects for each, so this is the one place that knows its insides: the channel of a connection,
 * that a chunked response's chunks may be written there between those of Vert.x, and how to take
 * the channel over for good. Belongs to the channel's event loop.
 *
 * <p>It also keeps a client from costing more than its share: at most {@link #READ_BYTES} are read
 * from it between two looks at its connection, and while it takes nothing one answer waits for it,
 * the latest. So a client that is behind is heard, and answers to its pings cannot pile up.
 */
final class ChannelSink extends ChannelDuplexHandler implements Sink {

  /** What may be queued in the process for one socket. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private static final int READ_BYTES = 16 * 1024;

  /** How long, and how much, is still read from a client whose stream has ended while it sent. */
  private static final long LINGER_MS = 2_000;

  private static final int LINGER_BYTES = 1 << 20;

  /** How long a client that is being closed may take for what has been written to it. */
  private static final long CLOSING_MS = 10_000;

  private final Channel channel;
  private final @Nullable Socket socket; // null where the transport is not a native one
  private @Nullable ChannelHandlerContext head; // set when in the pipeline
  private @Nullable StreamConnection connection; // set when the stream begins
  private int readBytes;
  private long written;
  private byte @Nullable [] owed; // set while an answer waits for the socket
  private boolean owned; // nothing of Vert.x is left in the pipeline
  private boolean lingering; // closing waits for the client
  private boolean discarding; // it is being waited for
  private int lingerBytes;

  private ChannelSink(Channel channel) {
    this.channel = channel;
    this.socket =
        channel instanceof UnixChannel unix && unix.fd() instanceof Socket open ? open : null;
  }

  /**
   * Puts a sink into {@code connection}'s pipeline; on its event loop. The kernel closes a
   * connection on which nothing is sent when the client's has been silent for {@code gone}.
   */
  static ChannelSink of(HttpConnection connection, Duration gone) {
    Channel channel = Sockets.forStream(connection);
    var sink = new ChannelSink(channel);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    Keepalive.set(channel, gone);
    channel.pipeline().addFirst(sink);
    return sink;
  }

  /** What the kernel knows of the connection while the client's owes it an acknowledgement. */
  @Nullable EpollTcpInfo unacknowledged() {
    return Keepalive.unacknowledged(channel);
  }

  /**
   * Takes everything out of the pipeline but this sink and puts {@code mine} into its place: the
   * connection is no longer Vert.x's. What Vert.x keeps for a connection, the queues of its two
   * directions above all, is several times what a viewer needs.
   */
  void own(ChannelHandler... mine) {
    owned = true;
    ChannelPipeline pipeline = channel.pipeline();
    List<String> others = pipeline.names(); // and the pipeline's own end, which has no handler
    pipeline.addLast(mine);
    for (String name : others.reversed()) { // what the HTTP decoder holds goes to its next one
      ChannelHandler other = pipeline.get(name);
      if (other != null && other != this) {
        pipeline.remove(other);
      }
    }
    readIfAllowed();
  }

  /** Tells {@code owner} from now on of what happens to the socket. */
  void serve(StreamConnection owner) {
    connection = owner;
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
    written += bytes.readableBytes();
    bytes.skipBytes(send(bytes));
    if (bytes.isReadable()) {
      queue(bytes);
    } else {
      bytes.release();
    }
  }

  @Override
  public void share(ByteBuf bytes) {
    written += bytes.readableBytes();
    int sent = send(bytes);
    int left = bytes.readableBytes() - sent;
    if (left > 0) {
      queue(bytes.retainedSlice(bytes.readerIndex() + sent, left));
    }
  }

  private void queue(ByteBuf bytes) {
    ChannelHandlerContext context = head;
    if (context == null) {
      bytes.release();
    } else {
      var _ = context.writeAndFlush(bytes, context.voidPromise());
    }
  }

  /**
   * Gives the kernel what it takes of {@code bytes} at once, and returns how many those were. A
   * viewer that keeps up takes all, and needs no place in Netty's queue.
   *
   * <p>The queue is gone before the file descriptor is closed and its number given to another
   * connection, and both happen on this event loop; so whoever has a queue has the descriptor.
   */
  private int send(ByteBuf bytes) {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    if (socket == null
        || queue == null
        || queue.totalPendingWriteBytes() > 0
        || !bytes.hasMemoryAddress()) {
      return 0;
    }
    try {
      return socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
    } catch (IOException e) { // the client has reset the connection
      closeNow();
      return bytes.readableBytes();
    }
  }

  /** Writes and flushes {@code bytes}. */
  void write(byte[] bytes) {
    write(allocator().directBuffer(bytes.length).writeBytes(bytes));
  }

  /** Writes {@code answer} when the socket takes it, unless another one has taken its place. */
  void owe(byte[] answer) {
    if (channel.isWritable()) {
      write(answer);
    } else {
      owed = answer;
    }
  }

  private void payOwed() {
    byte[] answer = owed;
    if (answer != null) {
      owed = null;
      write(answer);
    }
  }

  /** Bytes that have been written, the kernel's queue and this one's included. */
  long written() {
    return written;
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  /** Bytes that the socket must take before it is writable again. */
  long backlog() {
    return channel.bytesBeforeWritable();
  }

  /** The stream is over. Leaves the pipeline if the connection may go on. */
  void detach() {
    connection = null;
    if (head != null && !head.isRemoved()) {
      if (!owned) {
        channel.pipeline().remove(this);
      }
      channel.config().setAutoRead(true);
    }
  }

  /**
   * The stream is over, but the client may be sending: closing a socket that holds unread bytes
   * would reset it, and the client would never learn why. So its bytes are thrown away until it
   * closes, or for a while. Replaces {@link #detach}.
   */
  void linger() {
    connection = null;
    lingering = true;
    channel.config().setAutoRead(true);
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    if (!lingering || !channel.isActive()) {
      var _ = context.close(promise);
      return;
    }
    lingering = false; // a second close is meant
    discarding = true;
    if (channel instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
    }
    var _ = channel.closeFuture().addListener(_ -> promise.trySuccess());
    var _ = context.executor().schedule(this::closeNow, LINGER_MS, TimeUnit.MILLISECONDS);
  }

  private void closeNow() {
    lingering = false;
    var _ = channel.close();
  }

  /** Closes the socket without a word. */
  void abort() {
    closeNow();
  }

  /** Closes the socket of a client that is gone, so that the kernel keeps nothing for it either. */
  void reset() {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    closeNow();
  }

  /** Closes the socket when it has taken what has been written, or does not for long. */
  void close() {
    ChannelHandlerContext context = head;
    if (context == null) {
      return;
    }
    ChannelFuture flushed = context.writeAndFlush(Unpooled.EMPTY_BUFFER);
    var _ = flushed.addListener(ChannelFutureListener.CLOSE);
    if (!flushed.isDone()) {
      closeAfter(CLOSING_MS);
    }
  }

  /** Closes the socket in so long, unless its client has done so. */
  void closeAfter(long ms) {
    var _ = channel.eventLoop().schedule(this::closeNow, ms, TimeUnit.MILLISECONDS);
  }

  /** Lets the client send again; called whenever the connection is looked at. */
  void tick() {
    if (readBytes > 0) {
      readBytes = 0;
      readIfAllowed();
    }
  }

  private void readIfAllowed() {
    // What Vert.x answers by itself, it would queue.
    boolean allowed = readBytes < READ_BYTES && (owned || channel.isWritable());
    if (channel.config().isAutoRead() != allowed) {
      channel.config().setAutoRead(allowed);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (discarding) {
      discard(message);
      return;
    }
    if (message instanceof ByteBuf bytes) {
      count(bytes.readableBytes());
    }
    context.fireChannelRead(message);
  }

  private void count(int bytes) {
    if (connection != null) {
      readBytes += bytes;
      if (readBytes >= READ_BYTES) {
        readIfAllowed();
        connection.lookSoon();
      }
    } else if (owned) { // over, and only the client's answer to the close is waited for
      countLeft(bytes);
    }
  }

  private void countLeft(int bytes) {
    lingerBytes += bytes;
    if (lingerBytes > LINGER_BYTES) {
      closeNow();
    }
  }

  private void discard(Object message) {
    int bytes = message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    countLeft(bytes);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (connection != null) {
      readIfAllowed();
      if (channel.isWritable()) {
        payOwed();
        connection.writable();
      }
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (owned) {
      closeNow(); // as a rule the client has reset the connection
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (connection != null) {
      connection.gone();
    }
    context.fireChannelInactive();
  }
}
