package dev.flyline.stream;

import dev.flyline.feed.BlockRing;
import dev.flyline.feed.FeedLane;
import dev.flyline.feed.Feeds;
import dev.flyline.feed.Format;
import dev.flyline.feed.OpenFeed;
import dev.flyline.feed.Since;
import dev.flyline.feed.ViewRequest;
import dev.flyline.lane.Lanes;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.stream.AccessChecks.Admitted;
import dev.flyline.stream.AccessChecks.Decision;
import dev.flyline.stream.AccessChecks.Leaving;
import dev.flyline.stream.AccessChecks.Refused;
import dev.flyline.web.ApiError;
import dev.flyline.web.Credentials;
import dev.flyline.web.Endpoint;
import dev.flyline.web.Health;
import dev.flyline.web.OriginGate;
import dev.flyline.web.ViewerLimits;
import io.netty.channel.EventLoop;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code GET /v1/apps/{app}/logs} and {@code /logs}: starts the stream of a client that may see the
 * app's log, see {@link AccessChecks}. Belongs to one event loop.
 *
 * <p>The path is judged as it was sent: normalising it would turn {@code ../b} or {@code %62} into
 * another app's name.
 */
public final class LogsEndpoint implements Endpoint {

  /** Codes of refusals that operators look for; their series are there from the start. */
  private static final List<String> REFUSALS =
      List.of(
          "unauthenticated",
          "bad_request",
          "forbidden",
          "origin_not_allowed",
          "not_acceptable",
          "too_many_bad_tokens",
          "too_many_history_bytes",
          "too_many_tokens_waiting",
          "too_many_viewers",
          "too_many_viewers_per_user",
          "too_many_viewers_per_app",
          "too_many_viewers_per_address",
          "too_many_connects_per_address",
          "draining");

  private final Feeds feeds;
  private final Streams streams;
  private final Encoders encoders;
  private final Credentials credentials;
  private final AccessChecks checks;
  private final Meters meters;

  /** One for each event loop; {@code credentials} belongs to it as well. */
  public LogsEndpoint(
      Feeds feeds,
      Streams streams,
      Encoders encoders,
      Credentials credentials,
      ViewerLimits limits,
      OriginGate origins,
      Health health,
      Meters meters,
      InstantSource clock) {
    this.feeds = feeds;
    this.streams = streams;
    this.encoders = encoders;
    this.credentials = credentials;
    this.checks = new AccessChecks(credentials, origins, streams.history(), limits, health, clock);
    this.meters = meters;
    meters.begin(Meter.VIEWERS_REFUSED, REFUSALS.stream());
  }

  @Override
  public void mount(Router router) {
    router
        .route()
        .handler(
            context -> {
              if (RequestedApp.isAskedFor(context.request())) {
                answer(context.request());
              } else {
                context.next();
              }
            });
  }

  private void answer(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      refuse(request, ApiError.methodNotAllowed("GET"));
      return;
    }
    checks.decide(request, decision -> answer(request, decision));
  }

  private void answer(HttpServerRequest request, Decision decision) {
    switch (decision) {
      case Refused(ApiError error) -> refuse(request, error);
      case Leaving() -> {
        meters.count(Meter.VIEWERS_REFUSED, ApiError.draining().code());
        request.resume();
        ComeBack.tell(request, encoders);
      }
      case Admitted admitted -> start(request, admitted);
    }
  }

  private void refuse(HttpServerRequest request, ApiError error) {
    meters.count(Meter.VIEWERS_REFUSED, error.code());
    request.resume(); // it may be paused, and the connection's next request would never come
    error.send(request);
  }

  private void start(HttpServerRequest request, Admitted admitted) {
    if (admitted.wanted().complete()) {
      admitted.permit().release();
      answerComplete(request);
      return;
    }
    EventLoop loop = Lanes.currentLoop();
    FeedLane lane = feeds.of(loop);
    streams.count(admitted.transport(), 1);
    request.pause(); // until the answer: what a client sends before that waits
    if (admitted.wanted().follow()) {
      follow(request, admitted, loop, lane);
    } else {
      lane.recent(viewerRequest(request, admitted))
          .onSuccess(log -> read(request, admitted, loop, lane, log))
          .onFailure(_ -> refuse(request, admitted));
    }
  }

  /** Answers once the feed is there, so that what the client publishes after that is seen. */
  private void follow(HttpServerRequest request, Admitted admitted, EventLoop loop, FeedLane lane) {
    ViewRequest wanted = viewerRequest(request, admitted);
    Runnable release =
        () -> {
          over(admitted);
          lane.release(admitted.app());
        };
    OpenFeed hold = lane.open(admitted.app());
    Runnable begin =
        () ->
            new Handshake(request, admitted.transport(), encoders, streams.of(loop), credentials)
                .begin(
                    admitted.app(),
                    admitted.grant(),
                    true,
                    release,
                    (sink, listener) -> lane.view(hold, wanted, sink, listener));
    if (hold.ready().isComplete()) {
      begin.run();
      return;
    }
    var once = new Once(begin);
    hold.ready().onComplete(_ -> once.run());
    var _ = loop.schedule(once, StreamConfig.HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void read(
      HttpServerRequest request, Admitted admitted, EventLoop loop, FeedLane lane, BlockRing log) {
    if (admitted.wanted().resumes()
        && admitted.wanted().since() instanceof Since.After(var position)
        && position.seq() == log.head()
        && log.lineage().holds(position, log.head())) {
      over(admitted);
      answerComplete(request);
      return;
    }
    new Handshake(request, admitted.transport(), encoders, streams.of(loop), credentials)
        .begin(
            admitted.app(),
            admitted.grant(),
            false,
            () -> over(admitted),
            (sink, listener) -> lane.read(log, viewerRequest(request, admitted), sink, listener));
  }

  /** Keeps an EventSource from asking for ever. */
  private static void answerComplete(HttpServerRequest request) {
    request.resume();
    request.response().setStatusCode(204).end();
  }

  private void refuse(HttpServerRequest request, Admitted admitted) {
    over(admitted);
    request.resume();
    ApiError.internal().send(request);
  }

  /** Gives back what an admitted stream counted for. */
  private void over(Admitted admitted) {
    admitted.permit().release();
    streams.count(admitted.transport(), -1);
  }

  private ViewRequest viewerRequest(HttpServerRequest request, Admitted admitted) {
    StreamRequest wanted = admitted.wanted();
    var format = new Format(encoders.of(admitted.transport(), request), wanted.filter());
    String user = admitted.grant().user();
    return new ViewRequest(
        admitted.app(),
        format,
        wanted.since(),
        wanted.tail(),
        wanted.follow(),
        bytes -> streams.history().charge(user, bytes));
  }

  /** Runs a task at the first of several calls. */
  private static final class Once implements Runnable {
    private final Runnable task;
    private boolean done;

    Once(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (!done) {
        done = true;
        task.run();
      }
    }
  }
}
