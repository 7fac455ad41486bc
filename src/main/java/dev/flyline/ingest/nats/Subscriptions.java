package dev.flyline.ingest.nats;

import dev.flyline.log.AppName;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The apps that are to be read, whatever the connection's state, and what NATS says to that.
 *
 * <p>All of it belongs to the {@link ControlThread}; the thread that reads from NATS looks into the
 * map alone. NATS confirms subscriptions many at once, by one round trip.
 */
final class Subscriptions {

  private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);

  /** How long NATS may take to confirm a subscription before its watchers are told all the same. */
  private static final Duration CONFIRM = Duration.ofSeconds(1);

  /** How often it is looked whether refused subscriptions are to be tried again. */
  private static final long RETRY_MS = 500;

  /** Refused subscriptions that are tried again together. */
  private static final int RETRIED = 1_000;

  private final ControlThread control;
  private final Upstream upstream;
  private final Runnable look; // into the queues
  private final LineCutter cutter;
  private final Meters meters;
  private final Map<AppName, Subscriber> wanted = new ConcurrentHashMap<>();
  private final RefusedSubscriptions refusals = new RefusedSubscriptions();
  private List<Promise<Void>> unconfirmed = new ArrayList<>();
  private boolean confirming; // a ping will be sent, after what is subscribed until then
  private boolean retrying; // refused subscriptions will be looked at
  private @Nullable Connection connection; // null between two of them
  private @Nullable Dispatcher dispatcher; // set with the connection
  private boolean connected; // or the connection is coming back

  Subscriptions(
      ControlThread control, Upstream upstream, Runnable look, LineCutter cutter, Meters meters) {
    this.control = control;
    this.upstream = upstream;
    this.look = look;
    this.cutter = cutter;
    this.meters = meters;
  }

  /** How many apps are wanted. */
  int size() {
    return wanted.size();
  }

  /** Whose lines those of {@code app} are, or null; on any thread. */
  @Nullable Subscriber find(AppName app) {
    return wanted.get(app);
  }

  /** Reads {@code app} into {@code to}; see {@link NatsSource#subscribe}. On any thread. */
  Future<Void> subscribe(AppName app, LineTaker to) {
    Promise<Void> confirmed = Promise.promise();
    control.run(() -> subscribe(app, to, confirmed));
    return confirmed.future();
  }

  private void subscribe(AppName app, LineTaker to, Promise<Void> confirmed) {
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
  }

  /** Stops reading {@code app}; on any thread. */
  void unsubscribe(AppName app) {
    control.run(
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

  // ---- the connection ----

  /** Subscribes to all that is wanted on a connection that is new. */
  void adopt(Connection now) {
    connection = now;
    Dispatcher all = now.createDispatcher(Subscriptions::unexpected);
    dispatcher = all;
    wanted.keySet().forEach(app -> all.subscribe(app.subject()));
    refusals.lost(wanted.keySet()); // the order is not known
  }

  /** The port takes out what is subscribed before the client sees it. */
  private static void unexpected(Message message) {
    log.error("{} came past its reader; please report it", message.getSubject());
  }

  /** The connection is there, or there again: marks tell what it has missed. */
  void opened() {
    connected = true;
    wanted.values().forEach(Subscriber::tellMissed);
    look.run();
    confirmSoon(); // it may refuse some of them now
  }

  /** The connection is away, and the client tries to get it back. */
  void away() {
    connected = false;
    wanted.values().forEach(Subscriber::missed);
    refusals.lost(wanted.keySet());
  }

  /** There is no connection until another one is adopted. */
  void gone() {
    connection = null;
    dispatcher = null;
    connected = false;
  }

  // ---- what NATS confirms and refuses ----

  /** Asks NATS after what waits already: one round trip for all. */
  private void confirmSoon() {
    if (!confirming) {
      confirming = true;
      control.run(this::confirm);
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

  /** Whether {@code text} refuses a subscription, which is seen to then; on any thread. */
  boolean isRefusal(String text) {
    if (!refusals.complain(text)) {
      return false;
    }
    control.run(
        () -> {
          settle(false);
          confirmSoon();
        });
    return true;
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
      retrying = control.later(this::retry, RETRY_MS);
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
}
