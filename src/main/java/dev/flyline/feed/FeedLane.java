package dev.flyline.feed;

import dev.flyline.bus.LogBus;
import dev.flyline.lane.Lane;
import dev.flyline.log.AppName;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The part of {@link Feeds} that belongs to one event loop: the feeds of the apps that are at home
 * there, and the audiences of the apps that are viewed there.
 *
 * <p>Every method is called on that event loop, but for those that say otherwise.
 */
public final class FeedLane {

  private final Lane lane;
  private final Feeds feeds;
  private final Vertx vertx;
  private final LogBus bus;
  private final Owner owner;
  private final FeedConfig config;
  private final Meters meters;
  private final InstantSource clock;
  private final Pull pull;
  private final Refill refill;
  private final Turns turns;
  private final Formats formats = new Formats();
  private final Map<AppName, Feed> home = new HashMap<>();
  private final Map<AppName, Audience> audiences = new HashMap<>();
  private long nowMs;
  private long bytesWritten;
  private volatile int feedsHere; // for those who only look

  FeedLane(
      Lane lane,
      Feeds feeds,
      Vertx vertx,
      LogBus bus,
      Owner owner,
      FeedConfig config,
      Meters meters,
      InstantSource clock) {
    this.lane = lane;
    this.feeds = feeds;
    this.vertx = vertx;
    this.bus = bus;
    this.owner = owner;
    this.config = config;
    this.meters = meters;
    this.clock = clock;
    this.pull = new Pull(meters);
    this.refill = new Refill(owner, lane);
    this.turns = new Turns(this::later);
    this.nowMs = clock.millis();
  }

  /**
   * Holds {@code app}'s feed open for one more stream of this lane, until {@link #release}. To be
   * called when the client asks, not when it has been answered: a line that comes between the two
   * is live.
   */
  public OpenFeed open(AppName app) {
    Audience audience = audiences.computeIfAbsent(app, this::join);
    audience.users++;
    return audience.hold();
  }

  /** Undoes one {@link #open}. */
  public void release(AppName app) {
    Audience audience = audiences.get(app);
    if (audience != null && --audience.users == 0) {
      audiences.remove(app);
      audience.unsubscribe();
      FeedLane at = feeds.home(app);
      at.run(() -> at.leaveHome(audience));
    }
  }

  /** Lets a client see a log that is held open here; closed by {@link Viewer#close}. */
  public Viewer view(OpenFeed hold, ViewRequest request, Sink sink, Viewer.Listener listener) {
    Audience audience = audiences.get(request.app());
    if (audience == null) {
      throw new IllegalStateException("the feed must be open");
    }
    var viewer = new Viewer(this, interned(request), sink, listener);
    audience.attach(viewer, hold.live());
    return viewer;
  }

  /**
   * The log as it is now, without watching the app, as far as {@code request} needs it. Succeeds on
   * this lane.
   */
  public Future<BlockRing> recent(ViewRequest request) {
    return fromHome(request.app(), at -> at.recentAtHome(request));
  }

  /** The log under watch when it holds what is needed, as far as it can. Succeeds on this lane. */
  Future<BlockRing> prepared(Need need) {
    return fromHome(need.request().app(), at -> at.preparedAtHome(need));
  }

  private Future<BlockRing> fromHome(AppName app, Function<FeedLane, Future<BlockRing>> question) {
    Promise<BlockRing> promise = Promise.promise();
    FeedLane at = feeds.home(app);
    at.run(() -> question.apply(at).onComplete(result -> lane.run(() -> promise.handle(result))));
    return promise.future();
  }

  /** Sends what {@code log} holds to a client, and no more. */
  public Viewer read(BlockRing log, ViewRequest request, Sink sink, Viewer.Listener listener) {
    var viewer = new Viewer(this, interned(request), sink, listener);
    lane.loop().execute(() -> viewer.open(log, null, log.head(), pull));
    return viewer;
  }

  /** The time of the last tick, in milliseconds since 1970. */
  public long nowMs() {
    return nowMs;
  }

  private Future<BlockRing> recentAtHome(ViewRequest request) {
    Feed feed = home.get(request.app());
    BlockRing log = feed == null ? null : feed.log();
    Future<BlockRing> found =
        log != null ? Future.succeededFuture(log) : owner.recent(request.app());
    return found.compose(ring -> refill.prepare(new Need(request, ring.head()), () -> ring));
  }

  private Future<BlockRing> preparedAtHome(Need need) {
    Feed feed = home.get(need.request().app());
    return feed == null
        ? Future.failedFuture("nobody watches any more")
        : refill.prepare(need, feed::log);
  }

  private Audience join(AppName app) {
    var audience = new Audience(app, this);
    lane.run(() -> audience.subscribe(bus)); // in its context, not the client's
    FeedLane at = feeds.home(app);
    at.run(() -> at.joinAtHome(audience));
    warnIfWaiting(audience.hold().ready(), audience::tellWaiting);
    return audience;
  }

  private void joinAtHome(Audience audience) {
    Feed feed = home.get(audience.app);
    if (feed == null) {
      feed = new Feed(audience.app, owner);
      home.put(audience.app, feed);
      feedsHere = home.size();
    }
    cancelLinger(feed);
    feed.join(audience, audience.lane());
  }

  private void leaveHome(Audience audience) {
    Feed feed = home.get(audience.app);
    if (feed == null || !feed.leave(audience)) {
      return;
    }
    cancelLinger(feed);
    feed.lingerTimer =
        vertx.setTimer(Math.max(1, config.linger().toMillis()), _ -> close(audience.app, feed));
  }

  private void close(AppName app, Feed feed) {
    if (feed.isUnwatched() && home.remove(app, feed)) {
      feedsHere = home.size();
      feed.close();
    }
  }

  private void cancelLinger(Feed feed) {
    if (feed.lingerTimer >= 0) {
      vertx.cancelTimer(feed.lingerTimer);
      feed.lingerTimer = -1;
    }
  }

  /** Runs {@code warn} if {@code awaited} is not there after a while. */
  void warnIfWaiting(Future<?> awaited, Runnable warn) {
    if (!awaited.isComplete()) {
      long timer = vertx.setTimer(config.waiting().toMillis(), _ -> warn.run());
      awaited.onComplete(_ -> vertx.cancelTimer(timer));
    }
  }

  /** Takes note of the time. */
  void tick() {
    nowMs = clock.millis();
    meters.add(Meter.BYTES_WRITTEN, bytesWritten);
    bytesWritten = 0;
  }

  /** Lets {@code viewer}, who is behind, leave its cohort for that of {@code changed}. */
  Cohort move(Viewer viewer, Cohort from, ViewRequest changed) {
    Audience audience = audiences.get(changed.app());
    if (audience == null) {
      throw new IllegalStateException("a viewer's feed must be open");
    }
    return audience.move(viewer, from, changed);
  }

  void closed(Viewer viewer) {
    Audience audience = audiences.get(viewer.request.app());
    if (audience != null) {
      audience.forget(viewer);
    }
    giveBack(viewer.request);
  }

  /** The same with the format that all of this lane's viewers share; until {@link #giveBack}. */
  ViewRequest interned(ViewRequest request) {
    return request.with(formats.take(request.format()));
  }

  /** Undoes one {@link #interned}. */
  void giveBack(ViewRequest request) {
    formats.giveBack(request.format());
  }

  /** Runs {@code task} on this lane; from any thread. */
  void run(Runnable task) {
    lane.run(task);
  }

  /** Runs {@code task} on this lane after what waits already. */
  void later(Runnable task) {
    lane.loop().execute(task);
  }

  /** Starts what this lane does from time to time. */
  void start() {
    vertx.setPeriodic(config.tick().toMillis(), _ -> tick());
  }

  /** What one turn of an app's viewers may cost, see {@link Cohort#deliver}. */
  int turnBytes() {
    return config.turnBytes();
  }

  /** What is left to do for the viewers of busy apps. */
  Turns turns() {
    return turns;
  }

  Pull pull() {
    return pull;
  }

  void wrote(long bytes) {
    bytesWritten += bytes;
  }

  /** How many feeds are at home here; on any thread. */
  int size() {
    return feedsHere;
  }
}
