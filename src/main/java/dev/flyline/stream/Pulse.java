package dev.flyline.stream;

import io.netty.channel.epoll.EpollTcpInfo;

/**
 * Whether a client is still there, and still takes what it is sent.
 *
 * <p>There are three ways to lose one. Its network may vanish without a word: what was sent stays
 * unacknowledged, or, where nothing was sent, keepalive probes do. The kernel's own limit for the
 * first, {@code TCP_USER_TIMEOUT}, is not used, since it also ends connections whose client is
 * alive and does not read for a while (Linux since 5.11 counts the time of a closed window,
 * whatever answers). A proxy may go on acknowledging for a client that is gone: a WebSocket's ping
 * then stays unanswered. And a client may be there and take nothing for minutes.
 *
 * <p>Belongs to the event loop of its socket.
 */
final class Pulse {

  /** How often a client is looked at of which something is awaited. */
  private static final long SOON_MS = 1_000;

  /** What may lie unread before a client that is expected to come to a ping soon. */
  private static final long SOON_READ_BYTES = 64 * 1024;

  private static final long NEVER = Long.MIN_VALUE;

  /** How a client is. */
  enum State {
    WELL,
    /** Its network is. */
    GONE,
    /** It does not answer. */
    SILENT,
    /** It takes nothing. */
    STALLED
  }

  private final ChannelSink sink;
  private final StreamConfig config;
  private long pingMs = NEVER; // when the ping was sent that is not answered yet
  private long pingAt; // what had been written by then
  private long readUpTo; // what the client has read for sure
  private long silentMs = NEVER; // since when its kernel has owed an acknowledgement
  private int attempts; // how often that had been asked for by then
  private long stalledMs = NEVER; // since when it has taken nothing
  private long backlog;

  Pulse(ChannelSink sink, StreamConfig config) {
    this.sink = sink;
    this.config = config;
  }

  /** Looks at the socket. */
  State look(long nowMs) {
    if (isGone(nowMs)) {
      return State.GONE;
    }
    if (isStalled(nowMs)) {
      return State.STALLED;
    }
    return isSilent(nowMs) ? State.SILENT : State.WELL;
  }

  /** When to look again at the latest. */
  long nextLookMs(long nowMs) {
    if (silentMs != NEVER || stalledMs != NEVER) {
      return nowMs + SOON_MS;
    }
    return pingMs == NEVER ? Long.MAX_VALUE : pingMs + pongMs();
  }

  private boolean isGone(long nowMs) {
    EpollTcpInfo tcp = sink.unacknowledged();
    if (tcp == null) {
      silentMs = NEVER;
      return false;
    }
    int asked = tcp.retransmits() + tcp.probes();
    if (silentMs == NEVER || nowMs - tcp.lastAckRecv() > silentMs) { // it has answered since
      silentMs = nowMs;
      attempts = asked;
    }
    // Asked again and unanswered: one that lives may be asked only every two minutes.
    return asked > attempts && nowMs - silentMs >= config.gone().toMillis();
  }

  private boolean isStalled(long nowMs) {
    if (sink.isWritable()) {
      stalledMs = NEVER;
      return false;
    }
    long now = sink.backlog();
    if (stalledMs == NEVER || now != backlog) {
      stalledMs = nowMs;
      backlog = now;
    }
    return nowMs - stalledMs >= config.stalled().toMillis();
  }

  private boolean isSilent(long nowMs) {
    return pingMs != NEVER && nowMs - pingMs >= pongMs();
  }

  /** A client that has much to read before it comes to the ping has the time of a stalled one. */
  private long pongMs() {
    boolean readsSoon = pingAt - readUpTo <= SOON_READ_BYTES;
    return (readsSoon ? config.pong() : config.stalled()).toMillis();
  }

  /** A ping has been sent that the client must answer. */
  void pinged(long nowMs) {
    if (pingMs == NEVER) {
      pingMs = nowMs;
      pingAt = sink.written();
    }
  }

  /** The client has answered, or said anything else. */
  void heard() {
    if (pingMs != NEVER) {
      pingMs = NEVER;
      readUpTo = pingAt;
    }
  }
}
