package dev.flyline.ingest.nats;

import dev.flyline.log.AppName;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to NATS and what is subscribed on it. It reconnects until it is closed.
 *
 * <p>It belongs to one thread, the {@link ControlThread}, as do the {@link Subscriptions}. Lines
 * come on the client's reader thread, of which there is one, past everything else of the client's
 * (see {@link PacedPort}): it looks up whose they are and puts them into queues, so that no app can
 * hold up another there. The consumers of the queues are told once for all lines that one read of
 * the socket brought.
 */
@SuppressWarnings("ReferenceEquality") // a connection is itself and no other
public final class NatsSource implements ConnectionListener, PacedPort.Reader {

  private static final Logger log = LoggerFactory.getLogger(NatsSource.class);

  private final IngestConfig config;
  private final Upstream upstream;
  private final Meters meters;
  private final NatsCredentials credentials;
  private final Backoff backoff = new Backoff();
  private final NatsDialer dialer;
  private final ControlThread control = new ControlThread();
  private final Subscriptions subscriptions;
  private final Runnable look; // into the queues
  private volatile long broughtNs = System.nanoTime(); // the last message, or the start
  private @Nullable Connection connection; // set from connect() on
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
    this.credentials = new NatsCredentials(config);
    this.dialer = new NatsDialer(config, node, credentials, backoff);
    this.subscriptions =
        new Subscriptions(control, upstream, look, new LineCutter(config.lineBytes()), meters);
  }

  /** Begins to connect; returns at once, whether NATS is there or not. */
  public void start() {
    control.run(this::connect);
  }

  /**
   * Reads {@code app} into {@code to}. Succeeds when NATS has confirmed it, or at once when NATS is
   * away: it is subscribed when NATS comes back, and a mark tells of the time between.
   */
  public Future<Void> subscribe(AppName app, LineTaker to) {
    return subscriptions.subscribe(app, to);
  }

  /** Stops reading {@code app}. */
  public void unsubscribe(AppName app) {
    subscriptions.unsubscribe(app);
  }

  /** Closes the connection for good. */
  public void close() {
    control.run(
        () -> {
          closing = true;
          discard();
          control.close();
        });
  }

  private void complained(String text) {
    if (NatsErrors.isAboutCredentials(text)) {
      control.run(this::revoked);
    } else if (!subscriptions.isRefusal(text)) {
      control.run(() -> turnedAway(text));
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
      if (!control.run(() -> opened(next, Meter.NATS_CONNECTS))) {
        next.close();
      }
    } catch (AuthenticationException e) {
      control.run(
          () -> {
            refused();
            connectLater();
          });
    } catch (IOException | IllegalArgumentException e) {
      control.run(
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
    connected = false;
    subscriptions.gone();
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
    control.run(
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
      connection = now;
      subscriptions.adopt(now);
      credentials.accepted();
    }
    connected = true;
    backoff.accepted();
    revoked = false;
    saidUnreachable = false;
    meters.count(meter);
    log.info("NATS is connected; {} apps are read", subscriptions.size());
    upstream.set(Upstream.CONNECTED);
    subscriptions.opened();
  }

  @Override
  public MessageParser.Receiver receiver() {
    return new Routes(subscriptions::find, this::complained, meters);
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
    subscriptions.away();
    log.warn("NATS is away; {} apps wait for it", subscriptions.size());
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
    subscriptions.gone();
    if (!control.later(this::connect, waitMs)) {
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
}
