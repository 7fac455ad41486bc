package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.feed.Framing;
import dev.flyline.feed.Viewer;
import dev.flyline.log.AppName;
import dev.flyline.log.Position;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection as a stream, from the handshake's end to the last byte, whatever the
 * transport: its socket, the grant that keeps it open, its signs of life, and how it ends. What the
 * client sees of an app is the {@link Subscription}'s business.
 *
 * <p>Belongs to the event loop of its socket.
 */
final class StreamConnection extends Wheel.Rider {

  /** A client whose log is waited for is looked at so often. */
  private static final long SOON_MS = 1_000;

  private final StreamEncoder encoder;
  private final ChannelSink sink;
  private final Ending ending;
  private final @Nullable Runnable protocolPing; // set if the client must answer it
  private final StreamLane lane;
  private final Subscription subscription; // the only one
  private Grant grant;
  private boolean toldExpiring;
  private @Nullable StreamMessage owed; // set while a notice waits for the socket
  private final Pulse pulse;
  private boolean over;

  /**
   * Makes the connection of a client that sees {@code app}; {@link #begin} lets it start.
   *
   * @param protocolPing a sign of life of the transport's own, which its clients answer; null if it
   *     has none
   * @param release gives back what the stream held; called once
   */
  StreamConnection(
      AppName app,
      Grant grant,
      StreamEncoder encoder,
      ChannelSink sink,
      Ending ending,
      @Nullable Runnable protocolPing,
      StreamLane lane,
      Runnable release) {
    this.grant = grant;
    this.encoder = encoder;
    this.sink = sink;
    this.ending = ending;
    this.protocolPing = protocolPing;
    this.lane = lane;
    this.pulse = new Pulse(sink, lane.config());
    this.subscription = new Subscription(app, this, lane, release);
  }

  /** What the client sees. */
  Subscription subscription() {
    return subscription;
  }

  Grant grant() {
    return grant;
  }

  boolean isOver() {
    return over;
  }

  /** Starts the stream with the viewer that {@code reading} makes. */
  void begin(Subscription.Reading reading) {
    lane.add(this);
    sink.serve(this);
    if (!over) {
      subscription.begin(reading, sink);
    }
  }

  // ---- what the client is told ----

  /** Tells how the log stream stands for those of {@code apps} that the client sees. */
  void tell(Upstream upstream, Predicate<AppName> apps) {
    AppName app = subscription.app();
    if (apps.test(app)) {
      notice(upstream.state(app));
    }
  }

  /** Tells of the log stream's state; a client that is behind learns the latest when it can. */
  void notice(Upstream.State state) {
    notice(state.code(), state.detail());
  }

  /** Tells of something that ends nothing; at once, or when the socket takes more. */
  void notice(String code, String detail) {
    var notice = new StreamMessage.Notice(code, detail);
    if (sink.isWritable()) {
      say(notice);
    } else {
      owed = notice;
    }
  }

  boolean isWritable() {
    return sink.isWritable();
  }

  /** The socket takes more: first what must not wait behind more lines. */
  void writable() {
    StreamMessage notice = owed;
    if (notice != null) {
      owed = null;
      say(notice);
    }
    subscription.tellOwed();
    long _ = tellExpiring(lane.nowMs(), grant.expires().toEpochMilli());
    subscription.pump();
  }

  void say(StreamMessage message) {
    byte[] bytes = encoder.message(message);
    if (bytes != null && !over) {
      write(bytes);
      subscription.wrote();
    }
  }

  private void write(byte[] bytes) {
    sink.write(Framing.frame(bytes, encoder.chunked(), sink.allocator()));
  }

  // ---- the grant and signs of life ----

  /** Goes on under a new grant, which must be of the same user and name the app. */
  void renew(Grant renewed) {
    if (!renewed.allows(subscription.app())) {
      end(EndReason.FORBIDDEN, 0);
    } else if (!renewed.user().equals(grant.user())) {
      end(EndReason.BAD_REQUEST, 0);
    } else {
      grant = renewed;
      toldExpiring = false;
      lookSoon();
    }
  }

  /** Lets the lane look at this soon. */
  void lookSoon() {
    lane.lookSoon(this);
  }

  /** The client has said something, and so is there. */
  void heard() {
    pulse.heard();
  }

  /** Does what is due, and returns when to look again. */
  long tick(long nowMs) {
    sink.tick();
    long expiresMs = grant.expires().toEpochMilli();
    if (expiresMs <= nowMs) {
      end(EndReason.EXPIRED, 0);
      return Wheel.Look.NEVER;
    }
    lose(pulse.look(nowMs));
    long nextMs = Math.min(expiresMs, pulse.nextLookMs(nowMs));
    if (!over && sink.isWritable()) {
      nextMs = Math.min(nextMs, tellExpiring(nowMs, expiresMs));
      nextMs = Math.min(nextMs, pingIfQuiet(nowMs));
    }
    if (!over && subscription.changeFilter()) {
      nextMs = nowMs;
    }
    return over ? Wheel.Look.NEVER : nextMs;
  }

  /** Returns when there is something to tell or do about the grant's end. */
  private long tellExpiring(long nowMs, long expiresMs) {
    long expiringMs = expiresMs - StreamConfig.EXPIRING.toMillis();
    if (nowMs < expiringMs) {
      return expiringMs;
    }
    if (!toldExpiring) {
      toldExpiring = true;
      say(new StreamMessage.Expiring((expiresMs - nowMs + 999) / 1000));
    }
    return expiresMs;
  }

  /** Returns when the client must get the next sign of life if nothing else is written. */
  private long pingIfQuiet(long nowMs) {
    Viewer reading = subscription.viewer();
    if (reading == null) {
      return nowMs + SOON_MS;
    }
    long pingMs = lane.config().ping().toMillis();
    long dueMs = reading.lastWriteMs() + pingMs;
    if (nowMs < dueMs) {
      return dueMs;
    }
    Position at = reading.at();
    byte[] ping = at == null ? null : encoder.ping(at);
    if (ping != null) {
      write(ping);
      reading.wrote();
    }
    if (protocolPing != null) {
      protocolPing.run();
      pulse.pinged(nowMs);
    }
    return nowMs + pingMs;
  }

  // ---- the end ----

  /** Ends the stream of a client that would not hear why. */
  private void lose(Pulse.State state) {
    switch (state) {
      case WELL -> {
        return;
      }
      case STALLED -> lane.count(Meter.VIEWERS_STALLED);
      case SILENT -> lane.count(Meter.VIEWERS_GONE, "ping");
      case GONE -> lane.count(Meter.VIEWERS_GONE, "network");
    }
    leave();
    sink.detach();
    switch (state) {
      case SILENT -> ending.end(EndReason.STALLED); // maybe it is only its answers that are missing
      case GONE -> sink.reset();
      case STALLED, WELL -> sink.abort();
    }
  }

  /** Says why, and ends the stream. */
  void end(EndReason reason, long afterMs) {
    end(new StreamMessage.Bye(reason, afterMs));
  }

  /** A client that is behind gets this after what is queued for it, if it takes that in time. */
  void end(StreamMessage.Bye bye) {
    if (over) {
      return;
    }
    say(bye);
    leave();
    if (bye.reason().isClientsFault()) {
      sink.linger();
    } else {
      sink.detach();
    }
    ending.end(bye.reason());
  }

  /** The socket is closed. */
  void gone() {
    if (!over) {
      leave();
      sink.detach();
    }
  }

  private void leave() {
    over = true;
    lane.remove(this);
    subscription.close();
  }
}
