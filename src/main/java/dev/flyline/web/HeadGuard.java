package dev.flyline.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands before Vert.x's decoder and hands it one whole, good request at a time.
 *
 * <p>A head that is not whole costs its own bytes, at most {@link RequestHead#MAX_BYTES}, and no
 * objects. A request that comes before the last one is answered, or while the client does not read
 * answers, waits here in at most {@link #MAX_HELD_BYTES}, and nothing more is read. So neither half
 * heads nor a flood of requests fill the memory.
 *
 * <p>A refused head becomes one that the decoder refuses as well. So its answer comes in its turn,
 * behind those of earlier requests. Belongs to the channel's event loop.
 */
final class HeadGuard extends ChannelDuplexHandler {

  /** A head and one read of the socket. */
  private static final int MAX_HELD_BYTES = RequestHead.MAX_BYTES + Sockets.MAX_READ_BYTES;

  /** Requests answered before other connections have their turn. */
  private static final int REQUESTS_A_TURN = 32;

  /** How long, and how much, is still read from a refused client, which else sees a reset. */
  private static final long LINGER_MS = 2_000;

  private static final int LINGER_BYTES = 1 << 20;

  private static final byte[] BAD_HEAD = "?\r\n\r\n".getBytes(US_ASCII);

  private final Connection connection;
  private final RequestHead head = new RequestHead();
  private @Nullable ChannelHandlerContext context; // set when in the pipeline
  private @Nullable ByteBuf held; // set while bytes wait that were not handed on
  private boolean answering;
  private boolean partial; // what is held is the beginning of a head
  private boolean passing;
  private boolean removed;
  private boolean chunked;
  private long bodyBytes; // still to come, or of a chunked body those that came
  private int lingerBytes;
  private boolean lingering;

  HeadGuard(Connection connection) {
    this.connection = connection;
  }

  /** The guard of {@code channel}; empty if its connection has been taken over. */
  static Optional<HeadGuard> of(Channel channel) {
    return Optional.ofNullable(channel.pipeline().get(HeadGuard.class));
  }

  Connection connection() {
    return connection;
  }

  /** Why the request was refused whose head was bad; empty if it was not refused here. */
  Optional<ApiError> flaw() {
    return head.flaw();
  }

  /** The last request has been answered: the next one may be handed on. */
  void answered() {
    answering = false;
    ChannelHandlerContext here = context;
    if (held != null && !passing && here != null) {
      here.executor().execute(() -> passLate(here));
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      here.fireChannelRead(message);
    } else if (head.flaw().isPresent()) {
      discard(here, bytes);
    } else {
      hold(here, bytes);
      pass(here);
    }
  }

  private void hold(ChannelHandlerContext here, ByteBuf bytes) {
    ByteBuf before = held;
    if (before == null) {
      held = bytes;
      return;
    }
    if (before.readableBytes() + bytes.readableBytes() > MAX_HELD_BYTES) {
      var _ = here.close(); // Vert.x read on, though it had been asked not to
    } else {
      before.discardReadBytes().writeBytes(bytes);
    }
    bytes.release();
  }

  /** Hands on as much as may be. */
  private void pass(ChannelHandlerContext here) {
    if (passing || removed) {
      return;
    }
    passing = true;
    partial = false;
    boolean more = true;
    for (int requests = 0; more && held != null && !removed; ) {
      if (chunked || bodyBytes > 0) {
        passBody(here, held);
      } else if (answering || !here.channel().isWritable()) {
        more = false;
      } else if (requests++ == REQUESTS_A_TURN) {
        more = false;
        here.executor().execute(() -> passLate(here));
      } else {
        more = passHead(here, held);
      }
    }
    passing = false;
    settle(here);
  }

  /** Hands on outside of a read. Vert.x flushes its answers at the end of one. */
  private void passLate(ChannelHandlerContext here) {
    pass(here);
    here.fireChannelReadComplete();
  }

  /** Keeps what was not handed on in a buffer of its size, and reads on if that may be. */
  private void settle(ChannelHandlerContext here) {
    ByteBuf rest = held;
    if (removed) {
      handOver(here);
      return;
    }
    boolean waits = rest != null && !partial;
    if (rest != null && rest.maxCapacity() != MAX_HELD_BYTES) {
      int size = rest.readableBytes();
      held = here.alloc().buffer(size, MAX_HELD_BYTES).writeBytes(rest);
      rest.release();
    }
    if (here.channel().config().isAutoRead() == waits) {
      here.channel().config().setAutoRead(!waits);
    }
  }

  /** Returns whether a whole head was handed on. */
  private boolean passHead(ChannelHandlerContext here, ByteBuf bytes) {
    int size = head.read(bytes);
    if (head.flaw().isPresent()) {
      refuse(here);
      return false;
    }
    if (size < 0) {
      partial = true;
      return false;
    }
    bodyBytes = head.bodyBytes();
    chunked = head.isChunked();
    if (chunked) {
      here.pipeline().addAfter(Sockets.DECODER, null, new BodyEnd(this));
    }
    head.reset();
    answering = true;
    forward(here, bytes, size);
    return true;
  }

  private void passBody(ChannelHandlerContext here, ByteBuf bytes) {
    if (!chunked) {
      int size = (int) Math.min(bodyBytes, bytes.readableBytes());
      bodyBytes -= size;
      forward(here, bytes, size);
      return;
    }
    // A chunked body ends at an end of line. The decoder alone knows at which.
    int lf = bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), (byte) '\n');
    int size = lf < 0 ? bytes.readableBytes() : lf + 1 - bytes.readerIndex();
    bodyBytes += size;
    if (bodyBytes > RequestHead.MAX_BODY_BYTES) {
      release();
      var _ = here.close();
    } else {
      forward(here, bytes, size);
    }
  }

  private void bodyEnded() {
    chunked = false;
    bodyBytes = 0;
  }

  private void forward(ChannelHandlerContext here, ByteBuf bytes, int size) {
    if (size == bytes.readableBytes()) {
      held = null;
      here.fireChannelRead(bytes);
    } else {
      here.fireChannelRead(bytes.readRetainedSlice(size));
    }
  }

  private void refuse(ChannelHandlerContext here) {
    release();
    answering = true;
    here.fireChannelRead(Unpooled.wrappedBuffer(BAD_HEAD));
    here.fireChannelReadComplete();
  }

  private void discard(ChannelHandlerContext here, ByteBuf bytes) {
    lingerBytes += bytes.readableBytes();
    bytes.release();
    if (lingerBytes > LINGER_BYTES) {
      var _ = here.close();
    }
  }

  /** A close would reset a client that still sends, and so take the refusal from it. */
  @Override
  public void close(ChannelHandlerContext here, ChannelPromise promise) {
    if (head.flaw().isEmpty() || lingering || !(here.channel() instanceof DuplexChannel duplex)) {
      var _ = here.close(promise);
      return;
    }
    lingering = true; // a second close is meant
    var _ = duplex.shutdownOutput();
    here.channel().config().setAutoRead(true);
    var _ = here.channel().closeFuture().addListener(_ -> promise.trySuccess());
    var _ = here.executor().schedule(() -> closeNow(here), LINGER_MS, TimeUnit.MILLISECONDS);
  }

  private static void closeNow(ChannelHandlerContext here) {
    var _ = here.close();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext here) {
    if (held != null && here.channel().isWritable()) {
      here.executor().execute(() -> passLate(here));
    }
    here.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext here) {
    release();
    here.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext here) {
    removed = true;
    if (!passing) {
      handOver(here);
    }
  }

  /** Whoever has taken the connection over gets what follows its request. */
  private void handOver(ChannelHandlerContext here) {
    ByteBuf rest = held;
    held = null;
    if (rest != null) {
      here.fireChannelRead(rest);
    }
  }

  private void release() {
    ByteBuf rest = held;
    held = null;
    if (rest != null) {
      rest.release();
    }
  }

  /** Sees a chunked body's end behind the decoder, once. */
  private static final class BodyEnd extends ChannelInboundHandlerAdapter {

    private final HeadGuard guard;

    BodyEnd(HeadGuard guard) {
      this.guard = guard;
    }

    @Override
    public void channelRead(ChannelHandlerContext here, Object message) {
      if (message instanceof LastHttpContent) {
        guard.bodyEnded();
        here.pipeline().remove(this);
      }
      here.fireChannelRead(message);
    }
  }
}
