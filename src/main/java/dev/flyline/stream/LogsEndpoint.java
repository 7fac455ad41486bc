package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.Verdict;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.FeedLane;
import dev.flyline.feed.Feeds;
import dev.flyline.feed.Format;
import dev.flyline.feed.OpenFeed;
import dev.flyline.feed.Since;
import dev.flyline.feed.Viewer;
import dev.flyline.lane.Lanes;
import dev.flyline.log.AppName;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.web.ApiError;
import dev.flyline.web.Credentials;
import dev.flyline.web.Endpoint;
import dev.flyline.web.Health;
import dev.flyline.web.OriginGate;
import dev.flyline.web.ViewerLimits;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code GET /v1/apps/{app}/logs} and {@code /logs}: decides whether a client may see an app's log,
 * and starts the stream. Belongs to one event loop.
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
  private final ViewerLimits limits;
  private final OriginGate origins;
  private final Health health;
  private final Meters meters;
  private final InstantSource clock;

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
    this.limits = limits;
    this.origins = origins;
    this.health = health;
    this.meters = meters;
    meters.begin(Meter.VIEWERS_REFUSED, REFUSALS.stream());
    this.clock = clock;
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
    Future<Verdict> verdict = credentials.verdict(request);
    if (verdict.isComplete()) {
      answer(request, verdict.result());
      return;
    }
    request.pause(); // what the client sends meanwhile waits, so that an upgrade finds it in order
    verdict.onSuccess(
        late -> {
          if (!request.response().closed()) {
            answer(request, late);
          }
        });
  }

  private void answer(HttpServerRequest request, Verdict verdict) {
    switch (decide(request, verdict)) {
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

  /** What is decided of a request. */
  private sealed interface Decision {}

  private record Refused(ApiError error) implements Decision {}

  /** The router stops, and the client would take a refusal for the last word. */
  private record Leaving() implements Decision {}

  private record Admitted(
      AppName app,
      Grant grant,
      StreamRequest wanted,
      Transport transport,
      ViewerLimits.Permit permit)
      implements Decision {}

  private Decision decide(HttpServerRequest request, Verdict verdict) {
    return switch (verdict) {
      case Grant grant -> decide(request, grant);
      case Refusal refusal -> new Refused(Credentials.error(refusal));
    };
  }

  /** The order of these checks is part of the contract. */
  private Decision decide(HttpServerRequest request, Grant grant) {
    Optional<AppName> named = RequestedApp.of(request, grant);
    if (named.isEmpty()) {
      return new Refused(ApiError.badRequest(RequestedApp.missing(request, grant)));
    }
    AppName app = named.get();
    if (!grant.allows(app)) {
      return new Refused(ApiError.forbidden());
    }
    if (!origins.admits(request, Negotiation.isWebSocket(request))) {
      return new Refused(ApiError.originNotAllowed());
    }
    StreamRequest wanted;
    try {
      wanted = StreamRequest.parse(request, clock.millis());
    } catch (StreamRequest.BadParameter e) {
      return new Refused(e.error());
    }
    Optional<Transport> transport = Negotiation.transport(request, wanted.envelope());
    if (transport.isEmpty()) {
      return new Refused(
          ApiError.notAcceptable(
              "Accept must allow text/plain, text/event-stream or application/x-ndjson"));
    }
    if (transport.get().isWebSocket()) {
      Optional<ApiError> flaw = Upgrade.flaw(request);
      if (flaw.isPresent()) {
        return new Refused(flaw.get());
      }
    }
    return admit(request, app, grant, wanted, transport.get());
  }

  private Decision admit(
      HttpServerRequest request,
      AppName app,
      Grant grant,
      StreamRequest wanted,
      Transport transport) {
    Optional<ApiError> exhausted = streams.history().refusal(grant.user());
    if (exhausted.isPresent()) {
      return new Refused(exhausted.get());
    }
    return switch (limits.admit(grant.user(), app, request)) {
      case ViewerLimits.Refused(ApiError error) -> new Refused(error);
      case ViewerLimits.Permit permit -> {
        if (health.refusing()) {
          permit.release();
          yield transport == Transport.SSE ? new Leaving() : new Refused(ApiError.draining());
        }
        yield new Admitted(app, grant, wanted, transport, permit);
      }
    };
  }

  private void start(HttpServerRequest request, Admitted admitted) {
    if (admitted.wanted.complete()) {
      admitted.permit.release();
      answerComplete(request);
      return;
    }
    EventLoop loop = Lanes.currentLoop();
    FeedLane lane = feeds.of(loop);
    streams.count(admitted.transport, 1);
    request.pause(); // until the answer: what a client sends before that waits
    if (admitted.wanted.follow()) {
      follow(request, admitted, loop, lane);
    } else {
      lane.recent(viewerRequest(request, admitted))
          .onSuccess(log -> read(request, admitted, loop, lane, log))
          .onFailure(_ -> refuse(request, admitted));
    }
  }

  /** Answers once the feed is there, so that what the client publishes after that is seen. */
  private void follow(HttpServerRequest request, Admitted admitted, EventLoop loop, FeedLane lane) {
    Viewer.Request wanted = viewerRequest(request, admitted);
    Runnable release =
        () -> {
          over(admitted);
          lane.release(admitted.app);
        };
    OpenFeed hold = lane.open(admitted.app);
    Runnable begin =
        () ->
            new Handshake(request, admitted.transport, encoders, streams.of(loop), credentials)
                .begin(
                    admitted.app,
                    admitted.grant,
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
    if (admitted.wanted.resumes()
        && admitted.wanted.since() instanceof Since.After(var position)
        && position.seq() == log.head()
        && log.lineage().holds(position, log.head())) {
      over(admitted);
      answerComplete(request);
      return;
    }
    new Handshake(request, admitted.transport, encoders, streams.of(loop), credentials)
        .begin(
            admitted.app,
            admitted.grant,
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
    admitted.permit.release();
    streams.count(admitted.transport, -1);
  }

  private Viewer.Request viewerRequest(HttpServerRequest request, Admitted admitted) {
    StreamRequest wanted = admitted.wanted;
    var format = new Format(encoders.of(admitted.transport, request), wanted.filter());
    String user = admitted.grant.user();
    return new Viewer.Request(
        admitted.app,
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
