package dev.flyline.replica;

import dev.flyline.log.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The routers of the cluster as this one sees them, and which of them it has heard lately.
 *
 * <p>Silence is counted in ticks that this router itself ran: one that was frozen calls nobody
 * silent when it goes on. One thread ticks and sets the members; any thread reads, and notes who
 * was heard.
 */
public final class Liveness {

  private static final Duration DOUBT = Duration.ofSeconds(45);

  /** For how long a router that is alone remembers that it was not. */
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  private final Member self;
  private final Timing timing;
  private final long tickMs;
  private volatile Map<String, Standing> others = Map.of();
  private final AtomicInteger version = new AtomicInteger();
  private final SharedCountdown restless; // until the members count as calm
  private volatile boolean selfStopping;
  private final SharedCountdown doubt; // for which nothing is concluded from silence
  private final SharedCountdown farewell; // for which viewers of a router that stops come back
  private final SharedCountdown company; // for which this router remembers that it was not alone
  private long tickedMs = Long.MIN_VALUE / 2;
  private boolean countsInTicks = true;

  /** What is known of one peer. Fields are written by any thread, each write alone. */
  private static final class Standing {
    final Member peer;
    final SharedCountdown due; // until it should have been heard
    final SharedCountdown silence; // until it is suspect
    volatile boolean stopping;
    volatile boolean suspect;

    Standing(Member peer, Timing timing) {
      this.peer = peer;
      this.due = new SharedCountdown(timing.ticksPast(timing.heartbeat()));
      this.silence = new SharedCountdown(timing.ticksPast(timing.silence()));
      heard();
    }

    void heard() {
      due.start();
      silence.start();
    }
  }

  /** Begins with nobody but this router. */
  public Liveness(Member self, Timing timing) {
    this.self = self;
    this.timing = timing;
    this.tickMs = timing.tick().toMillis();
    this.restless = new SharedCountdown(timing.ticks(timing.calm()));
    this.doubt = new SharedCountdown(timing.ticks(DOUBT));
    this.farewell = new SharedCountdown(timing.ticks(timing.farewell()));
    this.company = new SharedCountdown(timing.ticks(REMEMBERED));
  }

  /** Counts silence by the clock from now on; for the simulation, which shows what comes of it. */
  void countByClock() {
    countsInTicks = false;
  }

  /** The name of this router. */
  public String self() {
    return self.node();
  }

  /**
   * Sets who is a member; this router may be among them or not. Those who are new count as heard.
   */
  public void members(List<Member> members) {
    Map<String, Standing> next = new LinkedHashMap<>();
    for (Member peer : members) {
      if (!peer.node().equals(self.node())) {
        Standing known = others.get(peer.node());
        next.put(peer.node(), known != null ? known : new Standing(peer, timing));
      }
    }
    if (!next.keySet().equals(others.keySet())) {
      others = Collections.unmodifiableMap(next); // keeps the order, for the simulation
      changed();
    }
  }

  /**
   * This router was frozen: the others may have gone on without it, and whoever says now that they
   * are gone may know no more than that. Until one of them answers, or for 45 s of running, nothing
   * may be concluded from their silence.
   */
  void stoodStill() {
    if (!company.isOver()) {
      doubt.start();
    }
  }

  /** One of the others has answered what this router asked. */
  void answered() {
    doubt.stop();
  }

  /** Whether this router was frozen and nobody has answered it since. */
  boolean isInDoubt() {
    return !doubt.isOver();
  }

  private void changed() {
    restless.start();
    version.incrementAndGet();
  }

  /** Notes that {@code node} was heard, and whether it is about to leave. */
  public void heard(String node, boolean stopping) {
    Standing peer = others.get(node);
    if (peer == null) {
      return;
    }
    peer.heard();
    if (peer.suspect || peer.stopping != stopping) {
      if (stopping && !peer.stopping) {
        farewell.start();
      }
      peer.suspect = false;
      peer.stopping = stopping;
      changed();
    }
  }

  /** Notes that {@code node} refused a connection: suspect at once if it was not heard just now. */
  public void refused(String node) {
    Standing peer = others.get(node);
    if (peer != null && peer.due.isOver()) {
      suspect(peer);
    }
  }

  private void suspect(Standing peer) {
    if (!peer.suspect) {
      peer.suspect = true;
      changed();
    }
  }

  /**
   * To be called every {@link Timing#tick}.
   *
   * @param nowMs of a clock that never goes back
   */
  public void tick(long nowMs) {
    if (nowMs - tickedMs < tickMs / 2) {
      return; // a timer that makes up for what it missed does not make time pass
    }
    int passed = countsInTicks || tickedMs < 0 ? 1 : (int) ((nowMs - tickedMs) / tickMs);
    tickedMs = nowMs;
    restless.pass(1);
    farewell.pass(1);
    doubt.pass(1);
    if (others.isEmpty()) {
      company.pass(1);
    } else {
      company.start();
    }
    for (Standing peer : others.values()) {
      peer.due.pass(passed);
      peer.silence.pass(passed);
      if (peer.silence.isOver()) {
        suspect(peer);
      }
    }
  }

  /** Says that this router is about to leave, so that no app is placed here. */
  public void stop() {
    selfStopping = true;
    changed();
  }

  /** Whether this router is about to leave. */
  public boolean isStopping() {
    return selfStopping;
  }

  /** Grows whenever an answer of the other methods may have changed. */
  public int version() {
    return version.get();
  }

  /** Whether nothing has changed for long enough to move apps for the sake of order. */
  public boolean isCalm() {
    return restless.isOver();
  }

  /** Whether {@code node} is gone or silent; never this router. */
  public boolean isSuspect(String node) {
    if (node.equals(self.node())) {
      return false;
    }
    Standing peer = others.get(node);
    return peer == null || peer.suspect;
  }

  /** For how many ticks more viewers of a router that stops or has stopped may be on their way. */
  int farewellTicks() {
    return farewell.left();
  }

  /** Whether there is no other member. */
  boolean isAlone() {
    return others.isEmpty();
  }

  /** Whether {@code node} is one of the other members. */
  public boolean isMember(String node) {
    return others.containsKey(node);
  }

  /** Whether {@code node} is about to leave. */
  public boolean isStopping(String node) {
    Standing peer = others.get(node);
    return node.equals(self.node()) ? selfStopping : peer != null && peer.stopping;
  }

  /** The other members, suspect or not. */
  public List<Member> others() {
    return others.values().stream().map(standing -> standing.peer).toList();
  }

  /** The other members that are not suspect. */
  public List<String> present() {
    List<String> present = new ArrayList<>();
    for (Standing peer : others.values()) {
      if (!peer.suspect) {
        present.add(peer.peer.node());
      }
    }
    return present;
  }

  /**
   * The members that may own or stand by {@code app}, best first. Without those that are suspect or
   * about to leave, unless nobody else is left but this router.
   */
  public List<Member> order(String app) {
    List<Member> able = new ArrayList<>();
    for (Standing peer : others.values()) {
      if (!peer.suspect && !peer.stopping) {
        able.add(peer.peer);
      }
    }
    if (!selfStopping || able.isEmpty()) {
      able.add(self);
    }
    Rendezvous.sort(app, able);
    return able;
  }

  /**
   * Who should stand by for {@code owner}: the first in the order within the owner's region, else
   * the first of all; never the owner, nor {@code but}.
   */
  public Optional<String> standby(String app, String owner, String but) {
    List<Member> order = order(app);
    String region =
        order.stream()
            .filter(peer -> peer.node().equals(owner))
            .map(Member::region)
            .findFirst()
            .orElse(self.region());
    List<Member> able =
        order.stream()
            .filter(peer -> !peer.node().equals(owner) && !peer.node().equals(but))
            .toList();
    return able.stream()
        .filter(peer -> peer.region().equals(region))
        .findFirst()
        .or(() -> able.stream().findFirst())
        .map(Member::node);
  }
}
