package dev.flyline.stream;

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
 * What a client sees of one app on its connection: the viewer that reads the log, the hello that
 * says where it begins, and the filters that the client asks for.
 *
 * <p>Belongs to the event loop of the connection.
 */
final class Subscription implements Viewer.Listener, FilterChanges.Outcome {

  private final AppName app;
  private final StreamConnection connection;
  private final StreamLane lane;
  private final Runnable release;
  private @Nullable Viewer viewer; // set by begin()
  private @Nullable StreamMessage refusal; // set while a filter's refusal waits for the socket
  private @Nullable FilterChanges filters; // set when the client has asked for one

  /**
   * Makes the subscription to {@code app} of {@code connection}, which begins and ends it.
   *
   * @param release gives back what the stream held; called once
   */
  Subscription(AppName app, StreamConnection connection, StreamLane lane, Runnable release) {
    this.app = app;
    this.connection = connection;
    this.lane = lane;
    this.release = release;
  }

  AppName app() {
    return app;
  }

  /** The viewer; null before it has begun. */
  @Nullable Viewer viewer() {
    return viewer;
  }

  /** Makes the viewer of a subscription. */
  @FunctionalInterface
  interface Reading {
    Viewer begin(Sink sink, Viewer.Listener listener);
  }

  /** Starts with the viewer that {@code reading} makes. */
  void begin(Reading reading, Sink sink) {
    Viewer begun = reading.begin(sink, this);
    viewer = begun;
    if (connection.isOver()) { // ended while it began
      begun.close();
    }
  }

  /** Ends; to be called once. */
  void close() {
    if (viewer != null) {
      viewer.close();
    }
    release.run();
  }

  /** The connection has written something of its own. */
  void wrote() {
    if (viewer != null) {
      viewer.wrote();
    }
  }

  /** Reads on if the socket takes more. */
  void pump() {
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

  // ---- the viewer ----

  @Override
  public void opened(Viewer.Opened opened) {
    sayHello(opened);
    Upstream.State state = lane.upstream().state(app);
    if (!state.equals(Upstream.CONNECTED)) {
      connection.notice(state);
    }
  }

  @Override
  public void filtered(Viewer.Opened opened) {
    sayHello(opened);
  }

  private void sayHello(Viewer.Opened opened) {
    FilterExpression filter = opened.filter();
    boolean hasFilter = filters != null || !filter.equals(FilterExpression.ALL);
    connection.say(
        new StreamMessage.Hello(
            app,
            lane.config().node(),
            lane.config().region(),
            opened.epoch(),
            opened.oldest(),
            opened.head(),
            opened.at(),
            connection.grant().expires(),
            hasFilter ? filter.text() : null));
  }

  @Override
  public void waiting() {
    connection.say(
        new StreamMessage.Notice(
            "waiting_for_owner", "Looking for the router that reads this app."));
  }

  @Override
  public void finished() {
    Position at = viewer == null ? null : viewer.at();
    connection.end(new StreamMessage.Bye(EndReason.END, 0, at));
  }

  // ---- filters ----

  /** Lets through what {@code expression} does, soon, from the place that has been reached on. */
  void filter(String expression) {
    if (filters == null) {
      filters = new FilterChanges(this, System::nanoTime);
    }
    filters.ask(expression);
    if (filters.isWaiting()) {
      connection.lookSoon();
    }
  }

  /** Changes to the filter that waits if its time has come; true if one waits still. */
  boolean changeFilter() {
    if (filters == null) {
      return false;
    }
    filters.turn();
    return filters.isWaiting();
  }

  @Override
  public void changed(FilterExpression expression) {
    Optional<ApiError> tooMuch = lane.history().refusal(connection.grant().user());
    if (tooMuch.isPresent()) {
      lane.count(Meter.FILTER_CHANGES, "refused");
      connection.notice(tooMuch.get().code(), tooMuch.get().detail());
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
    if (connection.isWritable()) {
      connection.say(told);
    } else {
      refusal = told;
    }
  }

  @Override
  public void replaced() {
    lane.count(Meter.FILTER_CHANGES, "replaced");
  }

  /** The socket takes more: tells what has become of the filters. */
  void tellOwed() {
    if (viewer != null) {
      viewer.tellFilter(); // before the refusal of a later one
    }
    StreamMessage refused = refusal;
    if (refused != null) {
      refusal = null;
      connection.say(refused);
    }
  }
}
