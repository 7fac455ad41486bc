package dev.flyline.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The accepted connections of one port that have not proven the cluster's secret yet: few at a
 * time, and few handshakes a second, since each costs milliseconds of a processor.
 *
 * <p>A connection waits until its handshake may begin. Addresses that have proven the secret before
 * go first, then those of which nothing is known, then the others, each of them once a second. If
 * there are too many connections, the oldest one of the lowest standing ends, of the address that
 * has most of them. So a stranger who opens many takes the places of his own and never a member's.
 *
 * <p>A handshake that proves the secret costs nothing of the budget, so members that come all at
 * once are not held back.
 *
 * <p>Belongs to the thread of its timer.
 */
final class Unproven {

  /** The most at a time. */
  static final int MOST = 32;

  /** How long one may take; members need some milliseconds, or three round trips. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Handshakes without a proof that may begin a second. */
  static final int PER_SECOND = 10;

  /** Handshakes without a proof that may begin at once after a rest. */
  static final int AT_ONCE = 64;

  /** The longest that a proof or a free place is overlooked. */
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Timer timer;
  private final LongSupplier clockNs;
  private final Standings standings = new Standings();
  private final List<Guest> guests = new ArrayList<>(); // the oldest first
  private double spent;
  private long spentAtNs;
  private boolean looksLater;

  /** None yet; {@code clockNs} is {@link System#nanoTime} or a test's. */
  Unproven(Timer timer, LongSupplier clockNs) {
    this.timer = timer;
    this.clockNs = clockNs;
    this.spentAtNs = clockNs.getAsLong();
  }

  /** A connection that was accepted. */
  private static final class Guest {

    private final Candidate connection;
    private final InetAddress address;
    private final long sinceNs;
    private boolean begun;

    Guest(Candidate connection, long nowNs) {
      this.connection = connection;
      this.address = address(connection.peer());
      this.sinceNs = nowNs;
    }

    private static InetAddress address(SocketAddress peer) {
      return peer instanceof InetSocketAddress known && known.getAddress() != null
          ? known.getAddress()
          : InetAddress.ofLiteral("0.0.0.0"); // it has closed already
    }
  }

  /** Takes {@code connection} in, and ends another one if there are too many. */
  void admit(Candidate connection) {
    long nowNs = clockNs.getAsLong();
    sweep(nowNs);
    guests.add(new Guest(connection, nowNs));
    if (guests.size() > MOST) {
      Guest loser = loser(nowNs);
      guests.remove(loser);
      loser.connection.close("too many connections without a proof");
    }
    beginSome(nowNs);
  }

  /** Ends those that wait, since their port is closed. */
  void end() {
    for (Guest guest : guests) {
      if (!guest.begun) {
        guest.connection.close("this router leaves");
      }
    }
    guests.clear();
  }

  private void beginSome(long nowNs) {
    Guest next = next(nowNs);
    while (next != null && take(nowNs)) {
      next.begun = true;
      standings.begins(next.address, nowNs);
      next.connection.begin();
      next = next(nowNs);
    }
    if (!guests.isEmpty() && !looksLater) {
      lookLater();
    }
  }

  private void look() {
    long nowNs = clockNs.getAsLong();
    sweep(nowNs);
    beginSome(nowNs);
  }

  private void lookLater() {
    try {
      timer.after(
          LOOK,
          () -> {
            looksLater = false;
            look();
          });
      looksLater = true;
    } catch (RejectedExecutionException _) {
      // the router leaves, and its ports close
    }
  }

  private void sweep(long nowNs) {
    for (Guest guest : List.copyOf(guests)) {
      if (guest.connection.isDecided()) {
        guests.remove(guest);
        if (guest.connection.isProven()) {
          standings.proves(guest.address);
          spent = Math.max(0, spent - 1);
        }
      } else if (!guest.begun && nowNs - guest.sinceNs >= PATIENCE.toNanos()) {
        guests.remove(guest);
        guest.connection.close("too many handshakes without a proof");
      }
    }
  }

  /** Takes a handshake from the budget; false if there is none. */
  private boolean take(long nowNs) {
    spent = Math.max(0, spent - (nowNs - spentAtNs) * PER_SECOND / 1e9);
    spentAtNs = nowNs;
    if (spent + 1 > AT_ONCE) {
      return false;
    }
    spent++;
    return true;
  }

  /** Of those that wait the newest of the highest standing: the oldest may have gone away. */
  private @Nullable Guest next(long nowNs) {
    return guests.reversed().stream()
        .filter(guest -> !guest.begun && standings.mayBegin(guest.address, nowNs))
        .max(Comparator.comparing(guest -> standings.of(guest.address, nowNs)))
        .orElse(null);
  }

  private Guest loser(long nowNs) {
    Map<InetAddress, Integer> counts = new HashMap<>();
    guests.forEach(guest -> counts.merge(Standings.group(guest.address), 1, Integer::sum));
    return guests.stream()
        .min(
            Comparator.comparing((Guest guest) -> standings.of(guest.address, nowNs))
                .thenComparingInt(guest -> -counts.getOrDefault(Standings.group(guest.address), 0)))
        .orElseThrow();
  }

  /** Runs something later, on the thread that all this belongs to. */
  @FunctionalInterface
  interface Timer {

    void after(Duration time, Runnable task);
  }

  /** One that was accepted. */
  interface Candidate {

    /** Who has opened it. */
    SocketAddress peer();

    /** Begins its handshake; before that it costs no engine. */
    void begin();

    /** Whether it has proven the secret, or has ended. */
    boolean isDecided();

    /** Whether it has proven the secret. */
    boolean isProven();

    /** Ends it. */
    void close(String reason);
  }
}
