package dev.flyline.peer;

import dev.flyline.bus.AppMessage;
import dev.flyline.bus.Envelope;
import dev.flyline.bus.EnvelopeCodec;
import dev.flyline.bus.EnvelopeWriter;
import dev.flyline.bus.Names;
import dev.flyline.bus.PeerMessage;
import dev.flyline.bus.RouterMessage;
import dev.flyline.cluster.Cluster;
import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.log.Member;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.replica.Liveness;
import dev.flyline.replica.Timing;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes between this router and each of its peers: envelopes of messages (see {@link Outbox}),
 * each of which also says how much has come the other way.
 *
 * <p>The bus below has no bound of its own, so this keeps some, see {@link Share}: a peer that does
 * not acknowledge gets no lines until it does; it finds that they are missing when it is heard
 * again, and asks for them. Made on any thread; each part says to whom it belongs.
 */
public final class PeerLinks {

  private static final Logger log = LoggerFactory.getLogger(PeerLinks.class);

  /** What has come is acknowledged after so many bytes, or at the next beat. */
  private static final long ACKNOWLEDGE = 256 << 10;

  private static final long BEAT_MS = 50;

  /** How many routers are remembered that may have left. */
  static final int REMEMBERED = 1_000;

  /** How many reasons of refusals are told of. */
  private static final int REFUSALS = 20;

  /** Gets what other routers say about the apps of one lane. */
  public interface Receiver {

    /** Takes messages of the router {@code from}; on any thread. */
    void received(String from, List<AppMessage> messages);
  }

  private final Cluster cluster;
  private final Lanes lanes;
  private final Timing timing;
  private final Liveness peers;
  private final Meters meters;
  private final Map<String, Traffic> traffic = new ConcurrentHashMap<>();
  private final Lane control;
  private List<Receiver> receivers = List.of(); // set before anything comes
  private final Names names = new Names(); // belongs to the cluster's context
  private int beats;
  private final Set<String> refusals = new HashSet<>(); // told of; belongs to the cluster's context

  /** Joins the lanes of this router to its peers; {@link #start} lets messages come. */
  public PeerLinks(Cluster cluster, Lanes lanes, Timing timing, Meters meters) {
    this.cluster = cluster;
    this.lanes = lanes;
    this.meters = meters;
    this.control = lanes.all().getFirst();
    this.timing = timing;
    this.peers = new Liveness(cluster.self(), timing);
  }

  /** The clocks of this router. */
  public Timing timing() {
    return timing;
  }

  /** Who is there. */
  public Liveness peers() {
    return peers;
  }

  /**
   * What {@code lane} has to say.
   *
   * @param again puts a question once more that could not be answered
   */
  public Outbox outbox(Lane lane, BiConsumer<String, AppMessage> again) {
    return new Outbox(this, lane, meters, again);
  }

  /**
   * Lets messages come, and time pass.
   *
   * @param lanes for each lane, by index, who gets what is said about the apps that are at home
   *     there
   */
  public void start(List<? extends Receiver> lanes) {
    receivers = List.copyOf(lanes);
    cluster.onFailure(peers::refused);
    cluster.onMembers(this::members);
    members(cluster.members());
    cluster.receive(this::received);
    control.run(
        () -> {
          tickLater();
          beatLater();
        });
  }

  private void members(List<Member> members) {
    peers.members(members);
    if (traffic.size() > REMEMBERED) { // not at once: the other side may not have forgotten it
      traffic.keySet().retainAll(members.stream().map(Member::node).toList());
    }
  }

  // ---- time, on the control lane ----

  private void tickLater() {
    control.in(
        timing.tick().toMillis(),
        () -> {
          tickLater();
          peers.tick(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        });
  }

  private void beatLater() {
    control.in(
        BEAT_MS,
        () -> {
          beatLater();
          beat();
        });
  }

  private void beat() {
    beats++;
    boolean heartbeat = beats % (timing.heartbeat().toMillis() / BEAT_MS) == 0;
    for (Member peer : peers.others()) {
      Traffic with = traffic(peer.node());
      if (heartbeat || with.owes()) {
        sendEmpty(peer.node());
      }
    }
  }

  private void sendEmpty(String node) {
    send(node, new EnvelopeWriter(peers.self()));
  }

  // ---- out, on any lane ----

  void send(String node, EnvelopeWriter writer) {
    Traffic with = traffic(node);
    Buffer buffer = with.finish(writer, peers.isStopping());
    meters.add(Meter.PEER_BYTES_SENT, buffer.length());
    cluster.send(node, buffer);
  }

  Traffic traffic(String node) {
    Traffic with = traffic.get(node);
    if (with != null) {
      return with;
    }
    boolean known = peers.isMember(node) || traffic.size() < REMEMBERED;
    return known ? traffic.computeIfAbsent(node, _ -> new Traffic()) : new Traffic();
  }

  /** Says that this router is about to leave, at once. */
  public void stop() {
    peers.stop();
    control.run(() -> peers.others().forEach(peer -> sendEmpty(peer.node())));
  }

  // ---- in, on the cluster's context ----

  void received(Buffer buffer) {
    Envelope envelope;
    try {
      envelope = EnvelopeCodec.decode(buffer, names);
    } catch (IllegalArgumentException e) {
      meters.count(Meter.PEER_MESSAGES_REFUSED);
      refused(String.valueOf(e.getMessage()));
      return;
    }
    String from = envelope.from();
    peers.heard(from, envelope.stopping());
    Traffic with = traffic(from);
    if (with.received(envelope, buffer.length()) > ACKNOWLEDGE) {
      sendEmpty(from);
    }
    if (!envelope.messages().isEmpty()) {
      pass(from, envelope.messages());
    }
  }

  /**
   * Each reason is told of once: a router of another release says the same for as long as it runs.
   */
  private void refused(String reason) {
    if (refusals.size() < REFUSALS && refusals.add(reason)) {
      log.warn(
          "a message that came over the bus is no router's of this release, and was refused: {};"
              + " more of the kind are only counted",
          reason);
    }
  }

  private void pass(String from, List<PeerMessage> messages) {
    Map<Integer, List<AppMessage>> byLane = new HashMap<>();
    for (PeerMessage message : messages) {
      switch (message) {
        case AppMessage about ->
            byLane
                .computeIfAbsent(lanes.home(about.app()).index(), _ -> new ArrayList<>())
                .add(about);
        case RouterMessage said -> take(said);
      }
    }
    byLane.forEach((index, some) -> receivers.get(index).received(from, some));
  }

  /** Does what a router says that is about no app. */
  private void take(RouterMessage message) {
    switch (message) {
      case RouterMessage.Unknown _ -> meters.count(Meter.PEER_MESSAGES_SKIPPED);
    }
  }
}
