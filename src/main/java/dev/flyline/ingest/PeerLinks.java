package dev.flyline.ingest;

import dev.flyline.bus.Encoded;
import dev.flyline.bus.Envelope;
import dev.flyline.bus.EnvelopeCodec;
import dev.flyline.bus.EnvelopeWriter;
import dev.flyline.bus.Lane;
import dev.flyline.bus.Lanes;
import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import dev.flyline.cluster.Cluster;
import dev.flyline.cluster.Member;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.replica.Peer;
import dev.flyline.replica.Peers;
import dev.flyline.replica.Timing;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes between this router and each of its peers: everything that one lane says to one peer in
 * a turn goes in one envelope, which also says how much has come the other way.
 *
 * <p>A lane that has just sent something gathers what comes within the next five milliseconds: an
 * envelope costs a system call and a turn at either end, and of a thousand apps each with a line
 * now and then each line would make three. What answers an envelope goes at once, in one as well.
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
  private static final int REMEMBERED = 1_000;

  /** How many reasons of refusals are told of. */
  private static final int REFUSALS = 20;

  /** Lines of many apps each come alone; so often at most a lane sends what they make it say. */
  private static final long COALESCE_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Cluster cluster;
  private final Lanes lanes;
  private final Timing timing;
  private final Peers peers;
  private final Meters meters;
  private final Map<String, Traffic> traffic = new ConcurrentHashMap<>();
  private final Lane control;
  private List<IngestLane> targets = List.of(); // set before anything comes
  private int beats;
  private final Set<String> refusals = new HashSet<>(); // told of; belongs to the cluster's context

  /** Joins the lanes of this router to its peers; {@link #start} lets messages come. */
  public PeerLinks(Cluster cluster, Lanes lanes, Timing timing, Meters meters) {
    this.cluster = cluster;
    this.lanes = lanes;
    this.meters = meters;
    this.control = lanes.all().getFirst();
    this.timing = timing;
    this.peers = new Peers(peer(cluster.self()), timing);
  }

  /** The clocks of this router. */
  Timing timing() {
    return timing;
  }

  private static Peer peer(Member member) {
    return new Peer(member.node(), member.address(), member.region());
  }

  /** Who is there. */
  public Peers peers() {
    return peers;
  }

  Outbox outbox(Lane lane) {
    return new Outbox(lane);
  }

  /** Lets messages come, and time pass. */
  void start(List<IngestLane> ingestLanes) {
    targets = ingestLanes;
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
    peers.members(members.stream().map(PeerLinks::peer).toList());
    if (traffic.size() > REMEMBERED) { // not at once: the other side may not have forgotten it
      traffic.keySet().retainAll(members.stream().map(Member::node).toList());
    }
  }

  // ---- time, on the control lane ----

  private void tickLater() {
    control
        .context()
        .setTimer(
            timing.tick(),
            _ -> {
              tickLater();
              peers.tick(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
            });
  }

  private void beatLater() {
    control
        .context()
        .setTimer(
            BEAT_MS,
            _ -> {
              beatLater();
              beat();
            });
  }

  private void beat() {
    beats++;
    boolean heartbeat = beats % (timing.heartbeat() / BEAT_MS) == 0;
    for (Peer peer : peers.others()) {
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

  private void send(String node, EnvelopeWriter writer) {
    Traffic with = traffic(node);
    Buffer buffer = with.finish(writer, peers.isStopping());
    meters.add(Meter.PEER_BYTES_SENT, buffer.length());
    cluster.send(node, buffer);
  }

  private Traffic traffic(String node) {
    Traffic with = traffic.get(node);
    if (with != null) {
      return with;
    }
    boolean known = peers.isMember(node) || traffic.size() < REMEMBERED;
    return known ? traffic.computeIfAbsent(node, _ -> new Traffic()) : new Traffic();
  }

  /** Says that this router is about to leave, at once. */
  void stop() {
    peers.stop();
    control.run(() -> peers.others().forEach(peer -> sendEmpty(peer.node())));
  }

  /** What one lane has to say; belongs to it. */
  final class Outbox {
    private final Lane lane;
    private final Map<String, EnvelopeWriter> writers = new HashMap<>();
    private final Map<String, Share> shares = new HashMap<>(); // of peers that have been busy
    private @Nullable PeerMessage lastMessage; // encoded once for all who get it
    private @Nullable Encoded lastEncoded;
    private boolean scheduled;
    private long flushedNs;

    private Outbox(Lane lane) {
      this.lane = lane;
      this.flushedNs = System.nanoTime() - COALESCE_NS;
    }

    void add(String node, PeerMessage message) {
      EnvelopeWriter writer = writers.computeIfAbsent(node, _ -> new EnvelopeWriter(peers.self()));
      if (isBulky(message) && !isAdmitted(node, message, writer.size())) {
        meters.count(Meter.PEER_LINES_WITHHELD);
        return;
      }
      writer.add(encoded(message));
      flushLater();
    }

    private static boolean isBulky(PeerMessage message) {
      return message instanceof PeerMessage.Lines || message instanceof PeerMessage.Range;
    }

    private boolean isAdmitted(String node, PeerMessage message, int waiting) {
      long onTheWay = traffic(node).unacknowledged() + waiting;
      if (onTheWay <= Share.HISTORY) {
        return true;
      }
      Share share = shares.computeIfAbsent(node, _ -> new Share());
      return share.admits(message, bytes(message), onTheWay, System.nanoTime());
    }

    private static long bytes(PeerMessage message) {
      return switch (message) {
        case PeerMessage.Lines lines -> lines.batch().bytes();
        case PeerMessage.Range range -> range.batches().stream().mapToLong(LogBatch::bytes).sum();
        default -> 0;
      };
    }

    private void flushLater() {
      if (scheduled) {
        return;
      }
      scheduled = true;
      long waitNs = COALESCE_NS - (System.nanoTime() - flushedNs);
      if (waitNs <= 0) {
        lane.loop().execute(this::due);
      } else {
        var _ = lane.loop().schedule(this::due, waitNs, TimeUnit.NANOSECONDS);
      }
    }

    private void due() {
      scheduled = false;
      if (writers.isEmpty()) {
        return; // it has gone with an answer
      }
      if (System.nanoTime() - flushedNs >= COALESCE_NS) {
        flush();
      } else {
        flushLater();
      }
    }

    /**
     * Sends what there is, now that all that came in one envelope has been dealt with: answers to
     * what was gathered are as many as it was, and need not be gathered again.
     */
    void answered() {
      if (!writers.isEmpty()) {
        flush();
      }
    }

    private Encoded encoded(PeerMessage message) {
      Encoded known = lastEncoded;
      if (known != null && isLast(message)) {
        return known;
      }
      Encoded encoded = EnvelopeCodec.encode(message);
      lastMessage = message;
      lastEncoded = encoded;
      return encoded;
    }

    @SuppressWarnings("ReferenceEquality") // the very object is sent to all who watch
    private boolean isLast(PeerMessage message) {
      return lastMessage == message;
    }

    private void flush() {
      flushedNs = System.nanoTime();
      lastMessage = null;
      lastEncoded = null;
      Map<String, EnvelopeWriter> now = new LinkedHashMap<>(writers);
      writers.clear();
      if (shares.size() > REMEMBERED) {
        shares.clear();
      }
      now.forEach(
          (node, writer) -> {
            if (!writer.isEmpty()) { // all that was for it may have been withheld
              send(node, writer);
            }
          });
    }
  }

  // ---- in, on the cluster's context ----

  void received(Buffer buffer) {
    Envelope envelope;
    try {
      envelope = EnvelopeCodec.decode(buffer);
    } catch (IllegalArgumentException e) {
      meters.count(Meter.PEER_MESSAGES_REFUSED);
      refused(String.valueOf(e.getMessage()));
      return;
    }
    meters.add(Meter.PEER_MESSAGES_SKIPPED, envelope.skipped());
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
    Map<Integer, List<PeerMessage>> byLane = new HashMap<>();
    for (PeerMessage message : messages) {
      byLane
          .computeIfAbsent(lanes.home(message.app()).index(), _ -> new ArrayList<>())
          .add(message);
    }
    byLane.forEach((index, some) -> targets.get(index).received(from, some));
  }
}
