package dev.flyline.cluster;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.OutboundHandler;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * The outbound half of a member's TLS: the last handler. It lets nothing of Hazelcast's go before
 * the other side has proven what it is.
 *
 * <p>Belongs to the channel's outbound thread, or to one that writes through, never to two at once.
 */
final class TlsEncoder extends OutboundHandler<ByteBuffer, ByteBuffer> {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final TlsLink link;
  private boolean lastWordSaid;

  TlsEncoder(TlsLink link) {
    this.link = link;
  }

  @Override
  public void handlerAdded() {
    initDstBuffer(TlsLink.RECORD_BYTES);
    if (link.isOpener()) {
      link.makeEngine();
    }
  }

  @Override
  public HandlerStatus onWrite() throws TlsRefusal {
    dst.compact();
    try {
      SSLEngine engine = link.engine();
      if (engine == null) {
        return HandlerStatus.BLOCKED; // nobody has greeted yet
      }
      return link.refusal() == null ? write(engine) : end(engine);
    } catch (SSLException e) { // what was computed meanwhile has failed
      link.refuse(e);
      return HandlerStatus.BLOCKED; // woken by that
    } finally {
      dst.flip();
    }
  }

  private HandlerStatus write(SSLEngine engine) throws SSLException, TlsRefusal {
    boolean answered = false;
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        link.compute(engine);
        return HandlerStatus.BLOCKED;
      }
      boolean mayTalk = status != HandshakeStatus.NEED_WRAP && link.isPeerKnown(engine);
      if (status != HandshakeStatus.NEED_WRAP && !(mayTalk && src.hasRemaining())) {
        if (answered) {
          link.wakeInbound(); // it may have waited for this
        }
        return mayTalk ? HandlerStatus.CLEAN : HandlerStatus.BLOCKED;
      }
      SSLEngineResult result = wrap(engine, mayTalk ? src : NOTHING);
      answered |= !mayTalk;
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        return HandlerStatus.DIRTY; // there is room when this has gone
      }
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new TlsRefusal("the other side has ended it");
      }
    }
  }

  /**
   * Adds a record to {@link #dst}. Until the handshake has ended the engine wants room for the
   * largest record of all, which it never writes; that room is not kept.
   */
  private SSLEngineResult wrap(SSLEngine engine, ByteBuffer from) throws SSLException {
    int wanted = engine.getSession().getPacketBufferSize();
    if (wanted <= dst.remaining() || dst.position() > 0) {
      return engine.wrap(from, dst);
    }
    ByteBuffer room = ByteBuffer.allocate(wanted);
    SSLEngineResult result = engine.wrap(from, room);
    dst.put(room.flip());
    return result;
  }

  /** Says why, as far as TLS has words for it, then ends the connection. */
  private HandlerStatus end(SSLEngine engine) {
    if (!lastWordSaid) {
      lastWordSaid = true;
      try {
        wrap(engine, NOTHING);
        return HandlerStatus.DIRTY;
      } catch (SSLException _) {
        // it has none
      }
    }
    if (dst.position() > 0) {
      return HandlerStatus.DIRTY;
    }
    link.close("TLS has failed");
    return HandlerStatus.BLOCKED;
  }

  @Override
  public void interceptError(Throwable error) throws Throwable {
    if (!link.isProven() && !(error instanceof Error)) {
      var refusal = TlsRefusal.goneAway();
      link.giveUp(refusal);
      throw refusal;
    }
  }
}
