package dev.flyline.web;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * One client's connection and what it is about. Belongs to the event loop of its {@link
 * Connections}, which alone change it.
 */
final class Connection {

  /** Why a connection was closed by us. */
  enum End {
    /** The process has no descriptor to spare. */
    NO_ROOM("no_room"),
    /** Its address has too many. */
    PER_ADDRESS("per_address"),
    /** Others came, and it was the one that had done nothing for the longest time. */
    CROWDED_OUT("crowded_out"),
    /** Its first request did not come in time. */
    SLOW_HEAD("slow_head"),
    /** No further request came. */
    IDLE("idle"),
    /** Its client does not read its answer. */
    UNREAD("unread");

    private final String label;

    End(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }

    boolean isForWantOfRoom() {
      return this == NO_ROOM || this == PER_ADDRESS || this == CROWDED_OUT;
    }
  }

  /** What a connection is about. */
  enum Phase {
    /** Its first request has not come. */
    NEW,
    /** Its last request has been answered. */
    IDLE,
    /** A request without a good token is being answered. */
    ANSWERED,
    /** A request with a good token is being answered. */
    PROVEN,
    /** It is a stream, and the stream's own rules hold. */
    STREAM
  }

  private final Channel channel;
  private final Connections owner;
  private final String address;
  private Phase phase = Phase.NEW;
  private long sinceNs;
  private long mark; // of how far the client has read
  private long markNs;

  /** A new connection of a client counted as {@code address}; empty for a trusted proxy. */
  Connection(Channel channel, Connections owner, String address) {
    this.channel = channel;
    this.owner = owner;
    this.address = address;
  }

  Channel channel() {
    return channel;
  }

  String address() {
    return address;
  }

  Phase phase() {
    return phase;
  }

  long sinceNs() {
    return sinceNs;
  }

  void enter(Phase next) {
    phase = next;
    sinceNs = System.nanoTime();
  }

  /** The address of the client that sent {@code request} on it; empty if nobody tells. */
  Optional<String> client(HttpServerRequest request) {
    return owner.client(request);
  }

  /** Its request has shown a good token. */
  void proves() {
    owner.proven(this);
  }

  /** It becomes a stream. */
  void streams() {
    owner.streaming(this);
  }

  /** Whether its client has for so long taken nothing of what waits for it in the process. */
  boolean isUnread(long nowNs, Duration limit) {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    long waiting = queue == null ? 0 : queue.totalPendingWriteBytes();
    long now = waiting == 0 ? 0 : waiting * 31 + queue.currentProgress();
    if (now == 0 || now != mark) {
      mark = now;
      markNs = nowNs;
      return false;
    }
    return nowNs - markNs >= limit.toNanos();
  }
}
