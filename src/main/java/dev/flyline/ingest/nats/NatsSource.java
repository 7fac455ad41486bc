package dev.flyline.ingest.nats;

import dev.flyline.log.AppName;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to NATS and what is subscribed on it. It comes back for ever.
 *
 * <p>What is wanted stands in {@link #wanted}, whatever the connection's state; all of it belongs
 * to one thread, {@link #control}, on which also NATS is asked to confirm subscriptions, for many
 * at once. Lines come on the client's reader thread, of which there is one, past everything else of
 * the client's (see {@link PacedPort}): it looks up whose they are and puts them into queues, so
 * that no app can hold up another there. Whoever takes them from the queues is told when all that
 * NATS brought together stands in them.
 */
@SuppressWarnings("ReferenceEquality") // a connection is itself and no other
public final class NatsSource implements ConnectionListener, PacedPort.Reader {

  private static final Logger log = LoggerFactory.getLogger(NatsSource.class);

  /** How long NATS may take to confirm a subscription before its watchers are told all the same. */
  private static final Duration CONFIRM = Duration.ofSeconds(1);

  /** How often it is looked whether refused subscriptions are to be tried again. */
  private static final long RETRY_MS = 500;

  /** Refused subscriptions that are tried again together. */
  private static final int RETRIED = 1_000;

  private final IngestConfig config;
  private final Upstream upstream;
  private final Meters meters;
  private final LineCutter cutter;
  private final NatsCredentials credentials;
  private final Backoff backoff = new Backoff();
  private final NatsDialer dialer;
  private final ScheduledExecutorService control =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("flyline-nats").daemon().factory());

  private final Map<AppName, Subscriber> wanted = new ConcurrentHashMap<>();

  private final Runnable look; // into the queues
  private volatile long broughtNs = System.nanoTime(); // the last message, or the start
  private final RefusedSubscriptions refusals = new RefusedSubscriptions();
  private List<Promise<Void>> unconfirmed = new ArrayList<>();
  private boolean confirming; // a ping will be sent, after what is subscribed until then
  private boolean retrying; // refused subscriptions will be looked at
  private @Nullable Connection connection; // set from connect() on
  private @Nullable Dispatcher dispatcher; // set with the connection
  private boolean connected;
  private boolean saidUnreachable;
  private boolean revoked; // NATS refuses the credentials that it took
  private boolean closing;

  /**
   * Not connected yet.
   *
   * @param look is called on any thread when lines stand in the queues
   */
  public NatsSource(
      IngestConfig config, String node, Upstream upstream, Runnable look, Meters meters) {
    this.config = config;
    this.look = look;
    this.upstream = upstream;
    this.meters = meters;
    meters.begin(Meter.LINES_DROPPED, Stream.of("queue_full", "fault"));
    this.cutter = new LineCutter(config.lineBytes());
    this.credentials = new NatsCredentials(config);
    this.dialer = new NatsDialer(config, node, credentials, backoff);
  }

  /** Begins to connect; returns at once, whether NATS is there or not. */
  public void start() {
    control.execute(this::connect);
  }

  /**
   * Reads {@code app} into {@code to}. Succeeds when NATS has confirmed it, or at once when NATS is
   * away: it is subscribed when NATS comes back, and a mark tells of the time between.
   */
  public Future<Void> subscribe(AppName app, LineTaker to) {
    Promise<Void> confirmed = Promise.promise();
    onControl(
        () -> {
          var subscriber = new Subscriber(to, cutter, meters);
          end(wanted.put(app, subscriber));
          Dispatcher current = dispatcher;
          if (!connected || current == null) {
            subscriber.missed();
            confirmed.complete();
            return;
          }
          try {
            current.subscribe(app.subject());
            refusals.asked(app);
          } catch (IllegalStateException e) { // closed, and its event is on its way
            subscriber.missed();
          }
          unconfirmed.add(confirmed);
          confirmSoon();
        });
    return confirmed.future();
  }

  /** Stops reading {@code app}. */
  public void unsubscribe(AppName app) {
    onControl(
        () -> {
          if (end(wanted.remove(app)) && dispatcher != null && dispatcher.isActive()) {
            dispatcher.unsubscribe(app.subject());
          }
          if (refusals.forget(app)) {
            upstream.accepted(List.of(app));
          }
        });
  }

  private static boolean end(@Nullable Subscriber subscriber) {
    if (subscriber == null) {
      return false;
    }
    subscriber.end();
    return true;
  }

  /** Closes the connection for good. */
  public void close() {
    onControl(
        () -> {
          closing = true;
          discard();
          control.shutdownNow();
        });
  }

  /** Asks NATS after what waits already: one round trip for all. */
  private void confirmSoon() {
    if (!confirming) {
      confirming = true;
      onControl(this::confirm);
    }
  }

  private void confirm() {
    confirming = false;
    boolean answered = false;
    List<Promise<Void>> waiting = unconfirmed;
    unconfirmed = new ArrayList<>();
    Connection current = connection;
    try {
      if (current != null && connected) {
        current.flush(CONFIRM);
        answered = true;
      }
    } catch (TimeoutException | IllegalStateException e) {
      log.warn("NATS did not confirm {} subscriptions in time", waiting.size());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settle(answered);
    waiting.forEach(Promise::tryComplete);
  }

  // ---- what NATS refuses ----

  private void complained(String text) {
    if (NatsErrors.isAboutCredentials(text)) {
      onControl(this::revoked);
    } else if (refusals.complain(text)) {
      onControl(
          () -> {
            settle(false);
            confirmSoon();
          });
    } else {
      onControl(() -> turnedAway(text));
    }
  }

  /** NATS complains of the connection itself, which it closes, or of an attempt to make it. */
  private void turnedAway(String text) {
    if (connected) {
      log.warn("NATS says: {}", text);
      return;
    }
    if (closing || !backoff.refused()) {
      return; // said once
    }
    log.error(
        "NATS turns this router away: {}; see its limits and settings. Trying again from time to"
            + " time.",
        text);
    upstream.set(Upstream.TURNED_AWAY);
  }

  /** Tells of subscriptions that NATS has refused or accepted again. */
  private void settle(boolean answered) {
    RefusedSubscriptions.Answer answer = refusals.settle(wanted.keySet(), answered, nowMs());
    if (!answer.refused().isEmpty()) {
      meters.add(Meter.NATS_REFUSALS, answer.refused().size());
      log.warn(
          "NATS refuses {} subscriptions, to {}{}; trying on",
          answer.refused().size(),
          answer.refused().getFirst(),
          answer.refused().size() > 1 ? " and others" : "");
      upstream.refused(answer.refused());
      answer.refused().forEach(app -> told(app, true));
    }
    answer.tried().forEach(app -> told(app, false));
    if (!answer.accepted().isEmpty()) {
      log.info("NATS accepts {} subscriptions that it refused", answer.accepted().size());
      upstream.accepted(answer.accepted());
    }
    if (!answer.refused().isEmpty() || !answer.tried().isEmpty()) {
      look.run();
    }
    retryLater();
  }

  /** A mark tells that lines may be missing; one that is refused gets another when it is back. */
  private void told(AppName app, boolean refused) {
    Subscriber subscriber = wanted.get(app);
    if (subscriber != null) {
      subscriber.missed();
      subscriber.tellMissed();
      if (refused) {
        subscriber.missed();
      }
    }
  }

  private void retryLater() {
    if (!retrying && refusals.isDue()) {
      try {
        var _ = control.schedule(this::retry, RETRY_MS, TimeUnit.MILLISECONDS);
        retrying = true;
      } catch (RejectedExecutionException e) {
        log.debug("closed while subscriptions were refused");
      }
    }
  }

  private void retry() {
    retrying = false;
    Dispatcher current = dispatcher;
    if (!connected || current == null || !current.isActive()) {
      return; // all is asked for again with the next connection
    }
    List<AppName> due = refusals.retry(nowMs(), RETRIED);
    due.forEach(app -> current.unsubscribe(app.subject()));
    due.forEach(app -> current.subscribe(app.subject()));
    confirmSoon();
  }

  private static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  // ---- the connection ----

  /** Tries to connect, on a thread of its own: that may take as long as the network likes. */
  private void connect() {
    if (closing) {
      return;
    }
    Options options = dialer.options(this);
    Thread.ofVirtual().name("flyline-nats-connect").start(() -> dial(options));
  }

  private void dial(Options options) {
    try {
      Connection next = Nats.connect(options);
      if (!onControl(() -> opened(next, Meter.NATS_CONNECTS))) {
        next.close();
      }
    } catch (AuthenticationException e) {
      onControl(
          () -> {
            refused();
            connectLater();
          });
    } catch (IOException | IllegalArgumentException e) {
      onControl(
          () -> {
            unreachable(e);
            connectLater();
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says so once, not at every attempt. */
  private void unreachable(Exception e) {
    if (!saidUnreachable && !backoff.isRefused()) {
      saidUnreachable = true;
      log.warn("NATS cannot be reached at {}: {}; trying on", config.servers(), e.getMessage());
      upstream.set(Upstream.UNREACHABLE);
    }
  }

  private void discard() {
    Connection old = connection;
    connection = null;
    dispatcher = null;
    connected = false;
    if (old != null) {
      close(old);
    }
  }

  private static void close(Connection old) {
    try {
      old.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  @SuppressWarnings("deprecation") // the client's interface still demands it
  public void connectionEvent(Connection from, Events type) {
    onControl(
        () -> {
          switch (type) {
            case RESUBSCRIBED -> opened(from, Meter.NATS_RECONNECTS);
            case DISCONNECTED -> lost(from);
            case CLOSED -> closed(from);
            case CONNECTED, RECONNECTED, DISCOVERED_SERVERS, LAME_DUCK ->
                log.debug("NATS: {}", type);
          }
        });
  }

  private void opened(Connection now, Meter meter) {
    if (closing) {
      close(now);
      return;
    }
    if (connection != now) {
      adopt(now);
    }
    connected = true;
    backoff.accepted();
    revoked = false;
    saidUnreachable = false;
    meters.count(meter);
    log.info("NATS is connected; {} apps are read", wanted.size());
    upstream.set(Upstream.CONNECTED);
    wanted.values().forEach(Subscriber::tellMissed);
    look.run();
    confirmSoon(); // it may refuse some of them now
  }

  /** Makes {@code now} the connection and subscribes on it to all that is wanted. */
  private void adopt(Connection now) {
    connection = now;
    Dispatcher all = now.createDispatcher(NatsSource::unexpected);
    dispatcher = all;
    wanted.keySet().forEach(app -> all.subscribe(app.subject()));
    refusals.lost(wanted.keySet()); // the order is not known
    credentials.accepted();
  }

  /** The port takes out what is subscribed before the client sees it. */
  private static void unexpected(Message message) {
    log.error("{} came past its reader; please report it", message.getSubject());
  }

  @Override
  public MessageParser.Receiver receiver() {
    return new Routes(wanted::get, this::complained, meters);
  }

  /** For how long NATS has brought no message; on any thread. */
  public long quietSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - broughtNs);
  }

  @Override
  public void brought() {
    broughtNs = System.nanoTime();
    look.run();
  }

  private void lost(Connection from) {
    if (from != connection || closing || !connected) {
      return;
    }
    connected = false;
    wanted.values().forEach(Subscriber::missed);
    refusals.lost(wanted.keySet());
    log.warn("NATS is away; {} apps wait for it", wanted.size());
    upstream.set(revoked ? Upstream.REFUSED : Upstream.AWAY);
  }

  /** It says so before it closes the connection, and the client tries on for ten seconds. */
  private void revoked() {
    if (connected && !revoked) {
      revoked = true;
      meters.count(Meter.NATS_AUTH_FAILURES);
      log.error("NATS refuses the credentials that it had taken; trying again from time to time");
    }
  }

  /** The client gives up for good when it is refused twice; this router does not. */
  private void closed(Connection from) {
    if (closing || from != connection) {
      return;
    }
    lost(from);
    connectLater();
  }

  private void connectLater() {
    long waitMs = backoff.jitteredMs();
    connection = null;
    dispatcher = null;
    try {
      var _ = control.schedule(this::connect, waitMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("closed while NATS was away");
    }
  }

  private void refused() {
    meters.count(Meter.NATS_AUTH_FAILURES);
    backoff.refused();
    if (credentials.refused()) {
      upstream.set(Upstream.REFUSED);
    }
  }

  /** Runs {@code task} on the control thread; false if this source is closed. */
  private boolean onControl(Runnable task) {
    try {
      control.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
