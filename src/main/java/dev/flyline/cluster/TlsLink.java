package dev.flyline.cluster;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.server.ServerConnection;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one connection between members, which {@link TlsDecoder} and {@link TlsEncoder} share.
 * Each of them runs on a thread of Hazelcast's, and the costly part of a handshake on a third one,
 * so that strangers' handshakes do not delay what members say.
 *
 * <p>Safe on these threads: the engine guards itself, and the fields here are written once.
 */
final class TlsLink implements Unproven.Candidate {

  /** The longest record, either way: what one half of a connection keeps at most. */
  static final int RECORD_BYTES = 4096;

  private final Channel channel;
  private final Supplier<SSLEngine> engines;
  private final Executor proofs;
  private final Runnable begun;
  private final AtomicBoolean working = new AtomicBoolean();
  private final CompletableFuture<Void> proof = new CompletableFuture<>();
  private volatile @Nullable SSLEngine engine;
  private volatile boolean mayBegin;
  private volatile boolean peerKnown;
  private volatile @Nullable Throwable refusal;

  /**
   * The TLS of {@code channel}; does nothing yet.
   *
   * @param proofs runs the costly parts
   * @param begun is run when the handshake of an accepted connection may begin
   */
  TlsLink(Channel channel, Supplier<SSLEngine> engines, Executor proofs, Runnable begun) {
    this.channel = channel;
    this.engines = engines;
    this.proofs = proofs;
    this.begun = begun;
  }

  @Override
  public SocketAddress peer() {
    return channel.remoteSocketAddress();
  }

  boolean isOpener() {
    return channel.isClientMode();
  }

  /** The engine, if there is one yet; its thread and the other half's may use it. */
  @Nullable SSLEngine engine() {
    return engine;
  }

  /** Lets the other side's first record be answered. */
  @Override
  public void begin() {
    begun.run();
    mayBegin = true;
    wakeInbound();
  }

  /** Whether an engine may be made for one who has opened this connection. */
  boolean mayBegin() {
    return mayBegin;
  }

  /** Makes the engine, from which on this connection costs more than one record's buffer. */
  SSLEngine makeEngine() {
    SSLEngine made = engines.get();
    try {
      made.beginHandshake();
    } catch (SSLException e) {
      throw new IllegalStateException(e); // no settings of ours can cause it
    }
    engine = made;
    return made;
  }

  /**
   * Succeeds when each side has accepted what the other one has proven; fails when this ends
   * before.
   */
  CompletableFuture<Void> proof() {
    return proof;
  }

  @Override
  public boolean isDecided() {
    return proof.isDone();
  }

  @Override
  public boolean isProven() {
    return proof.isDone() && !proof.isCompletedExceptionally();
  }

  /**
   * Whether the other side has proven what it is, so that it may be talked to; looks at the engine
   * until it has. Who has opened a connection is the last to prove something, and knows only by the
   * answer that it was accepted: see {@link #welcome}.
   */
  boolean isPeerKnown(SSLEngine engine) {
    if (!peerKnown && refusal == null && isComplete(engine)) {
      peerKnown = true;
      if (!isOpener()) {
        welcome();
      }
      wake(); // whichever half was waiting
    }
    return peerKnown;
  }

  /** Notes that the other side has accepted what this one has proven. */
  void welcome() {
    proof.complete(null);
  }

  /** A session is the engine's only after the last message of the handshake was verified. */
  private static boolean isComplete(SSLEngine engine) {
    try {
      return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
          && engine.getSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException _) {
      return false;
    }
  }

  /** Runs what the engine has to compute, then wakes both halves. */
  void compute(SSLEngine engine) {
    if (!working.compareAndSet(false, true)) {
      return; // it is being done
    }
    try {
      proofs.execute(
          () -> {
            try {
              runTasks(engine);
            } finally {
              working.set(false);
              wake();
            }
          });
    } catch (RejectedExecutionException _) {
      close("this member is leaving");
    }
  }

  private void runTasks(SSLEngine engine) {
    Runnable task = engine.getDelegatedTask();
    while (task != null && !channel.isClosed()) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }

  /** The first reason to end this connection, if there is one. */
  @Nullable Throwable refusal() {
    return refusal;
  }

  /** Ends this connection as soon as the engine's last word has gone. */
  void refuse(Throwable cause) {
    if (refusal == null) {
      refusal = cause;
      giveUp(cause);
    }
    wakeOutbound();
  }

  /** Ends this connection now; Hazelcast notes that at a low level of its log. */
  @Override
  public void close(String reason) {
    giveUp(new TlsRefusal(reason));
    if (channel.attributeMap().get(ServerConnection.class) instanceof ServerConnection connection) {
      connection.close(reason, null);
      wake(); // a socket is closed when its selectors notice, which idle ones do after seconds
    }
  }

  /** Notes why there will be no proof; does nothing if there is one, or no hope already. */
  void giveUp(Throwable cause) {
    proof.completeExceptionally(cause);
  }

  void wakeInbound() {
    channel.inboundPipeline().wakeup();
  }

  void wakeOutbound() {
    channel.outboundPipeline().wakeup();
  }

  private void wake() {
    wakeInbound();
    wakeOutbound();
  }
}
