package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.bus.Upstream;
import dev.flyline.feed.Framing;
import dev.flyline.feed.Sink;
import dev.flyline.feed.Viewer;
import dev.flyline.log.AppName;
import dev.flyline.log.Position;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of one app, from the handshake's end to the last byte, whatever the
 * transport.
 *
 * <p>Belongs to the event loop of its socket.
 */
final class StreamSession extends Wheel.Rider implements Viewer.Listener {

  /** What waits for the client is looked at so often. */
  private static final long SOON_MS = 1_000;

  private final AppName app;
  private final StreamEncoder encoder;
  private final ChannelSink sink;
  private final Ending ending;
  private final Runnable protocolPing;
  private final StreamLane lane;
  private final Runnable release;
  private Grant grant;
  private @Nullable Viewer viewer; // set by begin()
  private boolean toldExpiring;
  private boolean over;
  private boolean stalled;
  private long stalledMs;
  private long backlog;

  /**
   * Makes a session; {@link #begin} lets it start.
   *
   * @param protocolPing a sign of life of the transport's own, for formats without one
   * @param release gives back what the stream held; called once
   */
  StreamSession(
      AppName app,
      Grant grant,
      StreamEncoder encoder,
      ChannelSink sink,
      Ending ending,
      Runnable protocolPing,
      StreamLane lane,
      Runnable release) {
    this.app = app;
    this.grant = grant;
    this.encoder = encoder;
    this.sink = sink;
    this.ending = ending;
    this.protocolPing = protocolPing;
    this.lane = lane;
    this.release = release;
  }

  /** Starts the stream with the viewer that {@code reading} makes. */
  void begin(Reading reading) {
    lane.add(this);
    sink.serve(this);
    if (over) {
      return;
    }
    Viewer begun = reading.begin(sink, this);
    viewer = begun;
    if (over) { // ended while it began
      begun.close();
    }
  }

  /** Makes the viewer of a session. */
  @FunctionalInterface
  interface Reading {
    Viewer begin(Sink sink, Viewer.Listener listener);
  }

  @Override
  public void opened(Viewer.Opened opened) {
    say(
        new StreamMessage.Hello(
            app,
            lane.config().node(),
            lane.config().region(),
            opened.epoch(),
            opened.oldest(),
            opened.head(),
            opened.at(),
            grant.expires()));
    Upstream.State state = lane.upstream().state();
    if (!state.connected()) {
      notice(state);
    }
  }

  @Override
  public void waiting() {
    say(
        new StreamMessage.Notice(
            "waiting_for_owner", "Looking for the router that reads this app."));
  }

  @Override
  public void finished() {
    end(EndReason.END, 0);
  }

  /** Tells of the log stream's state. */
  void notice(Upstream.State state) {
    notice(state.code(), state.detail());
  }

  /** Tells of something that ends nothing. */
  void notice(String code, String detail) {
    say(new StreamMessage.Notice(code, detail));
  }

  /** The socket takes more. */
  void writable() {
    if (viewer != null) {
      viewer.pump();
    }
  }

  /** Stops or goes on, as the client asks. */
  void pause(boolean pause) {
    if (viewer != null) {
      viewer.pause(pause);
    }
  }

  /** Goes on under a new grant, which must be of the same user and name the app. */
  void renew(Grant renewed) {
    if (!renewed.allows(app)) {
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

  /** Does what is due, and returns when to look again. */
  long tick(long nowMs) {
    sink.tick();
    long expiresMs = grant.expires().toEpochMilli();
    long nextMs = expiresMs;
    if (expiresMs <= nowMs) {
      end(EndReason.EXPIRED, 0);
    } else if (!sink.isWritable()) {
      watchStalled(nowMs);
      nextMs = Math.min(nowMs + SOON_MS, expiresMs);
    } else {
      stalled = false;
      nextMs = Math.min(tellExpiring(nowMs, expiresMs), pingIfQuiet(nowMs));
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
    Viewer reading = viewer;
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
    } else {
      protocolPing.run();
    }
    reading.wrote();
    return nowMs + pingMs;
  }

  private void watchStalled(long nowMs) {
    long now = sink.backlog();
    if (!stalled || now != backlog) {
      stalled = true;
      stalledMs = nowMs;
      backlog = now;
    } else if (nowMs - stalledMs >= lane.config().stalled().toMillis()) {
      lane.countStalled();
      end(EndReason.STALLED, 0);
    }
  }

  /** Says why, and ends the stream. */
  void end(EndReason reason, long afterMs) {
    if (over) {
      return;
    }
    boolean takes = sink.isWritable();
    say(new StreamMessage.Bye(reason, afterMs));
    leave();
    if (takes && reason.isClientsFault()) {
      sink.linger();
    } else {
      sink.detach();
    }
    if (takes) {
      ending.end(reason);
    } else {
      sink.abort(); // what is queued would never get out, nor would a close frame behind it
    }
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
    if (viewer != null) {
      viewer.close();
    }
    release.run();
  }

  private void say(StreamMessage message) {
    byte[] bytes = encoder.message(message);
    if (bytes != null && !over && sink.isWritable()) {
      write(bytes);
      if (viewer != null) {
        viewer.wrote();
      }
    }
  }

  private void write(byte[] bytes) {
    sink.write(Framing.frame(bytes, encoder.chunked(), sink.allocator()));
  }
}
