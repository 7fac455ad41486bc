package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.feed.Framing;
import dev.flyline.feed.Sink;
import dev.flyline.feed.Viewer;
import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import dev.flyline.log.AppName;
import dev.flyline.log.Position;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.web.ApiError;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of one app, from the handshake's end to the last byte, whatever the
 * transport.
 *
 * <p>Belongs to the event loop of its socket.
 */
final class StreamSession extends Wheel.Rider implements Viewer.Listener, FilterChanges.Outcome {

  /** A client whose log is waited for is looked at so often. */
  private static final long SOON_MS = 1_000;

  private final AppName app;
  private final StreamEncoder encoder;
  private final ChannelSink sink;
  private final Ending ending;
  private final @Nullable Runnable protocolPing; // set if the client must answer it
  private final StreamLane lane;
  private final Runnable release;
  private Grant grant;
  private @Nullable Viewer viewer; // set by begin()
  private boolean toldExpiring;
  private @Nullable StreamMessage owed; // set while a notice waits for the socket
  private @Nullable StreamMessage refusal; // set while a filter's refusal waits for the socket
  private @Nullable FilterChanges filters; // set when the client has asked for one
  private final Pulse pulse;
  private boolean over;

  /**
   * Makes a session; {@link #begin} lets it start.
   *
   * @param protocolPing a sign of life of the transport's own, which its clients answer; null if it
   *     has none
   * @param release gives back what the stream held; called once
   */
  StreamSession(
      AppName app,
      Grant grant,
      StreamEncoder encoder,
      ChannelSink sink,
      Ending ending,
      @Nullable Runnable protocolPing,
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
    this.pulse = new Pulse(sink, lane.config());
  }

  AppName app() {
    return app;
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
    sayHello(opened);
    Upstream.State state = lane.upstream().state(app);
    if (!state.equals(Upstream.CONNECTED)) {
      notice(state);
    }
  }

  @Override
  public void filtered(Viewer.Opened opened) {
    sayHello(opened);
  }

  private void sayHello(Viewer.Opened opened) {
    FilterExpression filter = opened.filter();
    boolean hasFilter = filters != null || !filter.equals(FilterExpression.ALL);
    say(
        new StreamMessage.Hello(
            app,
            lane.config().node(),
            lane.config().region(),
            opened.epoch(),
            opened.oldest(),
            opened.head(),
            opened.at(),
            grant.expires(),
            hasFilter ? filter.text() : null));
  }

  @Override
  public void waiting() {
    say(
        new StreamMessage.Notice(
            "waiting_for_owner", "Looking for the router that reads this app."));
  }

  @Override
  public void finished() {
    Position at = viewer == null ? null : viewer.at();
    end(new StreamMessage.Bye(EndReason.END, 0, at));
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

  /** The socket takes more: first what must not wait behind more lines. */
  void writable() {
    StreamMessage notice = owed;
    if (notice != null) {
      owed = null;
      say(notice);
    }
    if (viewer != null) {
      viewer.tellFilter(); // before the refusal of a later one
    }
    StreamMessage refused = refusal;
    if (refused != null) {
      refusal = null;
      say(refused);
    }
    long _ = tellExpiring(lane.nowMs(), grant.expires().toEpochMilli());
    if (viewer != null) {
      viewer.pump();
    }
  }

  /** Lets through what {@code expression} does, soon, from the place that has been reached on. */
  void filter(String expression) {
    if (filters == null) {
      filters = new FilterChanges(this, System::nanoTime);
    }
    filters.ask(expression);
    if (filters.isWaiting()) {
      lookSoon();
    }
  }

  @Override
  public void changed(FilterExpression expression) {
    Optional<ApiError> tooMuch = lane.history().refusal(grant.user());
    if (tooMuch.isPresent()) {
      lane.count(Meter.FILTER_CHANGES, "refused");
      notice(tooMuch.get().code(), tooMuch.get().detail());
      return;
    }
    lane.count(Meter.FILTER_CHANGES, "changed");
    refusal = null; // of an earlier one: the latest is answered
    if (viewer != null) {
      viewer.filter(expression);
    }
  }

  @Override
  public void refused(FilterException cause) {
    lane.count(Meter.FILTER_CHANGES, "refused");
    var place = new StreamMessage.Place(cause.position(), cause.hint());
    var told = new StreamMessage.Notice("bad_request", "filter: " + cause.detail(), place);
    if (sink.isWritable()) {
      say(told);
    } else {
      refusal = told;
    }
  }

  @Override
  public void replaced() {
    lane.count(Meter.FILTER_CHANGES, "replaced");
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
    if (filters != null && !over) {
      filters.turn();
      nextMs = filters.isWaiting() ? nowMs : nextMs;
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
      reading.wrote();
    }
    if (protocolPing != null) {
      protocolPing.run();
      pulse.pinged(nowMs);
    }
    return nowMs + pingMs;
  }

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
  private void end(StreamMessage.Bye bye) {
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
    if (viewer != null) {
      viewer.close();
    }
    release.run();
  }

  private void say(StreamMessage message) {
    byte[] bytes = encoder.message(message);
    if (bytes != null && !over) {
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
