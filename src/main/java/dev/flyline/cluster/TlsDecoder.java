package dev.flyline.cluster;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The inbound half of a member's TLS: the first handler, so that Hazelcast's own decoders get what
 * a proven member has said and nothing else.
 *
 * <p>Belongs to the channel's inbound thread.
 */
final class TlsDecoder extends InboundHandler<ByteBuffer, ByteBuffer> {

  private static final int HEADER_BYTES = 5;
  private static final byte HANDSHAKE = 22;
  private static final byte MAJOR_VERSION = 3;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final TlsLink link;
  private final Runnable opened;
  private ByteBuffer plain = NOTHING;
  private boolean isOpen;

  /** Reads what comes over {@code link}; runs {@code opened} as soon as something can come. */
  TlsDecoder(TlsLink link, Runnable opened) {
    this.link = link;
    this.opened = opened;
  }

  @Override
  public void handlerAdded() {
    initSrcBuffer(TlsLink.RECORD_BYTES);
  }

  @Override
  public HandlerStatus onRead() throws TlsRefusal {
    if (!isOpen) {
      isOpen = true;
      opened.run();
    }
    src.flip();
    try {
      return read();
    } finally {
      src.compact();
    }
  }

  private HandlerStatus read() throws TlsRefusal {
    while (true) {
      if (!passOn()) {
        return HandlerStatus.DIRTY; // the next handler has to take what it has first
      }
      if (link.refusal() != null) {
        src.position(src.limit());
        return HandlerStatus.BLOCKED;
      }
      SSLEngine engine = engine();
      if (!hasRecord()) {
        return HandlerStatus.CLEAN;
      }
      if (engine == null) {
        return HandlerStatus.BLOCKED; // woken when it may begin
      }
      if (!unwrap(engine)) {
        return HandlerStatus.BLOCKED;
      }
    }
  }

  /** Moves plain bytes to the next handler; returns whether all could go. */
  private boolean passOn() {
    int count = Math.min(plain.remaining(), dst.remaining());
    if (count > 0) {
      dst.put(dst.position(), plain, plain.position(), count);
      dst.position(dst.position() + count);
      plain.position(plain.position() + count);
    }
    return !plain.hasRemaining();
  }

  /**
   * The engine; one that accepts is made when it may begin and a record of a handshake is there.
   */
  private @Nullable SSLEngine engine() throws TlsRefusal {
    SSLEngine engine = link.engine();
    if (engine != null) {
      return engine;
    }
    int start = src.position();
    if ((src.hasRemaining() && src.get(start) != HANDSHAKE)
        || (src.remaining() > 1 && src.get(start + 1) != MAJOR_VERSION)) {
      throw new TlsRefusal("it does not speak TLS");
    }
    return link.mayBegin() && hasRecord() ? link.makeEngine() : null;
  }

  private boolean hasRecord() throws TlsRefusal {
    if (src.remaining() < HEADER_BYTES) {
      return false;
    }
    int start = src.position();
    int length =
        HEADER_BYTES + Short.toUnsignedInt(src.getShort(start + HEADER_BYTES - Short.BYTES));
    if (length > TlsLink.RECORD_BYTES) {
      throw new TlsRefusal("it sends a longer record than routers do");
    }
    return src.remaining() >= length;
  }

  /** Takes one record; returns whether the next one may be looked at. */
  private boolean unwrap(SSLEngine engine) throws TlsRefusal {
    boolean isPeerKnown = link.isPeerKnown(engine);
    if (isPeerKnown && plain.capacity() == 0) {
      plain = ByteBuffer.allocate(TlsLink.RECORD_BYTES);
    }
    try {
      plain.clear();
      SSLEngineResult result = engine.unwrap(src, plain);
      plain.flip();
      if (isPeerKnown) {
        link.welcome(); // it sends this to those whom it accepts
      }
      return proceed(engine, result);
    } catch (SSLException e) {
      plain.position(0).limit(0);
      link.refuse(e);
      return false;
    }
  }

  private boolean proceed(SSLEngine engine, SSLEngineResult result) throws TlsRefusal {
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new TlsRefusal("the other side has ended it");
    }
    link.isPeerKnown(engine);
    HandshakeStatus next = engine.getHandshakeStatus();
    if (next == HandshakeStatus.NEED_TASK) {
      link.compute(engine);
      return false; // woken when it is done
    }
    if (next == HandshakeStatus.NEED_WRAP) {
      link.wakeOutbound();
      return plain.hasRemaining(); // woken when it has gone; what is plain goes on meanwhile
    }
    return true;
  }

  /** Whatever ends a connection without a proof is an end of it, not a fault of this router. */
  @Override
  public void interceptError(Throwable error) throws Throwable {
    if (!link.isProven() && !(error instanceof Error)) {
      TlsRefusal refusal = error instanceof TlsRefusal own ? own : TlsRefusal.goneAway();
      link.giveUp(refusal);
      throw refusal;
    }
  }
}
