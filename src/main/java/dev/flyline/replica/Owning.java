package dev.flyline.replica;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.Mark;
import dev.flyline.log.Term;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The owner's part: numbers what NATS brings, sends it to the standby, and once that has
 * acknowledged it, to everybody who watches.
 *
 * <p>The rules that keep a takeover without loss: with a standby that is in step nothing is
 * committed that it has not acknowledged. A standby that does not acknowledge for a second is
 * dismissed; the seconds are counted in ticks of this router, so that one that was frozen dismisses
 * nobody. An owner without a standby that was frozen asks the others before it commits again.
 */
final class Owning {

  /** A standby that is so far behind is dismissed. */
  private static final long MAX_PENDING = 4 << 20;

  /** A batch ends when it holds so many entries or bytes. */
  private static final int BATCH_ENTRIES = 512;

  private static final int BATCH_BYTES = 64 * 1024;

  private final Replica r;
  private final Term term;
  private final Map<String, Watching> watchers = new LinkedHashMap<>(4);
  private @Nullable Slot standby; // once it is in step, nothing is committed without it
  private @Nullable Slot joining; // to become the standby when it is in step
  private String avoided = ""; // dismissed a moment ago
  private int avoidedTicks;
  private String heir = ""; // to whom the app is being handed over; empty if to nobody
  private int handoverTicks;
  private int placedVersion = -1; // of the members, when the placement was last looked at
  private boolean wantsHandover; // the app belongs elsewhere
  private long freshMark = -1; // the seq of the mark with which this term began
  private int graceTicks; // for those who watched at the owner before to find this one
  boolean reading;

  Owning(Replica replica, Term term) {
    this.r = replica;
    this.term = term;
    Timing timing = replica.all.timing;
    this.graceTicks = timing.ticks(timing.renew() + 2 * timing.answer());
  }

  /** A router that watches. */
  private static final class Watching {
    int ticksLeft;
    boolean told; // that its watch stands
    long live; // the head when it asked
  }

  /** A router that stands by, or is about to. */
  private static final class Slot {
    final String node;
    boolean gate; // nothing is committed that it has not acknowledged
    boolean ready; // it says that it could go on
    boolean headDue; // it does not know yet what is committed
    long acked;
    int owingTicks; // for how long it has owed an acknowledgement
    int ticks;

    Slot(String node) {
      this.node = node;
    }
  }

  /** Whether lines are numbered now. */
  boolean numbers() {
    return reading && heir.isEmpty();
  }

  // ---- lines ----

  /** Numbers {@code entries} and sends them on their way. */
  void number(List<Entry> entries) {
    int from = 0;
    while (from < entries.size()) {
      int to = from;
      int bytes = 0;
      while (to < entries.size() && to - from < BATCH_ENTRIES && bytes < BATCH_BYTES) {
        bytes += entries.get(to++).bytes();
      }
      numberBatch(from == 0 && to == entries.size() ? entries : entries.subList(from, to));
      from = to;
    }
  }

  private void numberBatch(List<Entry> entries) {
    var batch = new LogBatch(r.app, term.epoch(), r.last + 1, entries);
    if (standby == null && joining == null) {
      r.deliver(batch);
      tellWatchers(batch);
      return;
    }
    r.append(batch);
    var lines = new PeerMessage.Lines(batch, r.head());
    if (standby != null) {
      r.send(standby.node, lines);
    }
    if (joining != null) {
      r.send(joining.node, lines);
    }
    commit();
    if (r.pendingBytes > MAX_PENDING && standby != null) {
      dismiss(standby);
    }
  }

  /** Commits what the standby has; all of it without one that is in step. */
  private void commit() {
    long limit = standby != null && standby.gate ? standby.acked : r.last;
    boolean committed = false;
    while (!r.pending.isEmpty() && r.pending.element().lastSeq() <= limit) {
      LogBatch batch = r.pending.element();
      r.commitTo(batch.lastSeq());
      tellWatchers(batch);
      committed = true;
    }
    if (committed) {
      headDue(standby);
      headDue(joining);
    }
  }

  /** Those who stand by have the lines already; if they show them to people, they learn at once. */
  private void headDue(@Nullable Slot slot) {
    if (slot == null) {
      return;
    }
    if (watchers.containsKey(slot.node)) {
      r.send(slot.node, head());
    } else {
      slot.headDue = true;
    }
  }

  private PeerMessage.Head head() {
    return new PeerMessage.Head(r.app, term.epoch(), r.head());
  }

  private void tellWatchers(LogBatch batch) {
    if (watchers.isEmpty()) {
      return;
    }
    var lines = new PeerMessage.Lines(batch, batch.lastSeq());
    for (String node : watchers.keySet()) {
      if (!standsBy(node)) {
        r.send(node, lines);
      }
    }
  }

  boolean standsBy(String node) {
    return slot(node) != null;
  }

  // ---- watches ----

  /** A router watches, for the first time or still. */
  void watch(String node, String knownEpoch) {
    Watching watching = watchers.get(node);
    if (watching == null) {
      watching = new Watching();
      watching.live = r.head();
      watchers.put(node, watching);
    }
    watching.ticksLeft = r.all.timing.ticks(r.all.timing.lease());
    if (!knownEpoch.equals(term.epoch())) {
      watching.told = false;
      watching.live = r.head();
    }
    read();
    if (watching.told) {
      r.send(node, r.state(r.head()));
    } else if (r.confirmed) {
      tell(node, watching);
    }
  }

  private void tell(String node, Watching watching) {
    watching.told = true;
    r.send(node, r.state(watching.live));
  }

  /** A router that has waited for this term. */
  void welcome(String node, boolean watches) {
    if (watches) {
      watch(node, "");
    } else {
      r.send(node, r.state(r.head()));
    }
  }

  /** Whether anybody watches. */
  boolean isWanted() {
    return !watchers.isEmpty() || r.following.watching();
  }

  void unwatch(String node) {
    watchers.remove(node);
    stopReadingIfUnwatched();
  }

  /** NATS has the subscription: whatever it receives from now on comes. */
  void confirmed() {
    watchers.forEach(
        (node, watching) -> {
          if (!watching.told) {
            tell(node, watching);
          }
        });
    r.following.opened(r.head());
  }

  /** Reads the app from NATS if it is not read yet. */
  void read() {
    if (reading) {
      return;
    }
    reading = true;
    if (r.last > 0 && !r.subscribed && !endsInMark()) {
      number(List.of(new Mark(GapCause.UNWATCHED, Mark.UNKNOWN, r.all.world.wallMs())));
    }
    r.subscribe();
    if (r.confirmed) {
      confirmed();
    }
  }

  /** Whether the last thing numbered says already that lines are missing here. */
  private boolean endsInMark() {
    return freshMark == r.last;
  }

  /** Begins the term with a mark: what the owner before had numbered last is not known here. */
  void markFailover() {
    freshMark = r.last + 1;
    number(List.of(new Mark(GapCause.FAILOVER, Mark.UNKNOWN, r.all.world.wallMs())));
  }

  void stopReadingIfUnwatched() {
    if (!reading || isWanted() || graceTicks > 0) {
      return;
    }
    release(standby);
    release(joining);
    standby = null;
    joining = null;
    commit();
    heir = "";
    reading = false;
    r.backlog.clear();
    r.unsubscribeIfUnused();
  }

  // ---- standby ----

  void acked(String node, PeerMessage.Ack ack) {
    Slot slot = slot(node);
    if (slot == null) {
      r.send(node, new PeerMessage.Release(r.app, term.epoch()));
      return;
    }
    slot.acked = Math.max(slot.acked, ack.head());
    slot.owingTicks = 0;
    slot.ready = ack.inStep();
    if (slot.ready && !ack.enlisted()) {
      if (r.all.natsAway) { // what both have missed is told before the standby counts as in step
        number(List.of(new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, r.all.world.wallMs())));
      }
      slot.gate = true;
      r.send(node, new PeerMessage.Enlisted(r.app, term.epoch()));
      if (slot == joining) {
        release(standby);
        standby = slot;
        joining = null;
        placedVersion = -1;
      }
    }
    commit();
  }

  private @Nullable Slot slot(String node) {
    return standby != null && standby.node.equals(node)
        ? standby
        : joining != null && joining.node.equals(node) ? joining : null;
  }

  /** Sends {@code node} the log from the last committed line on, so that it can stand by. */
  void enlist(String node) {
    var slot = new Slot(node);
    joining = slot;
    r.send(node, new PeerMessage.Enlist(r.app, r.lineage, r.head()));
    for (LogBatch batch : r.pending) {
      r.send(node, new PeerMessage.Lines(batch, r.head()));
    }
  }

  private void dismiss(Slot slot) {
    release(slot);
    avoided = slot.node;
    avoidedTicks = r.all.timing.ticks(r.all.timing.silence());
    if (slot == standby) {
      standby = null;
    } else {
      joining = null;
    }
    commit();
  }

  private void release(@Nullable Slot slot) {
    if (slot != null) {
      r.send(slot.node, new PeerMessage.Release(r.app, term.epoch()));
    }
  }

  // ---- time ----

  void tick() {
    for (Iterator<Watching> all = watchers.values().iterator(); all.hasNext(); ) {
      if (--all.next().ticksLeft <= 0) {
        all.remove();
      }
    }
    graceTicks--;
    stopReadingIfUnwatched();
    if (!heir.isEmpty() && --handoverTicks <= 0) {
      reclaim(); // the heir may have begun, and its word may be lost
      return;
    }
    if (reading && heir.isEmpty()) {
      tickSlot(standby);
      tickSlot(joining);
      place();
    }
  }

  private void tickSlot(@Nullable Slot slot) {
    if (slot == null) {
      return;
    }
    slot.ticks++;
    if (slot.headDue) {
      slot.headDue = false;
      r.send(slot.node, head());
    }
    slot.owingTicks = slot.acked < r.last ? slot.owingTicks + 1 : 0;
    Timing timing = r.all.timing;
    boolean silent =
        r.all.peers.isSuspect(slot.node)
            || slot.owingTicks > timing.ticks(timing.dismissal())
            || (slot == joining && slot.ticks > timing.ticks(timing.lease()));
    if (silent) {
      dismiss(slot);
    }
  }

  /** Sees to it that there is a standby, and that the app is where it belongs. */
  private void place() {
    if (avoidedTicks > 0) {
      avoidedTicks--;
    }
    Peers peers = r.all.peers;
    Slot settled = standby != null && standby.gate ? standby : null;
    boolean leaves = standby != null && peers.isStopping(standby.node);
    boolean mustGo = peers.isStopping() || r.all.natsAway;
    if (settled != null && settled.ready && mustGo && !leaves) {
      handOver(settled.node);
      return;
    }
    int version = peers.version() * 2 + (peers.isCalm() ? 1 : 0);
    if (settled != null && version == placedVersion && !wantsHandover && !leaves) {
      return;
    }
    placedVersion = version;
    String first = peers.order(r.app.value()).getFirst().node();
    wantsHandover = peers.isCalm() && !first.equals(peers.self());
    if (wantsHandover && settled != null && settled.node.equals(first)) {
      if (settled.ready) {
        handOver(first);
      }
    } else if (joining == null) {
      enlistNext(first, leaves);
    }
  }

  private void enlistNext(String first, boolean leaves) {
    if (wantsHandover && (standby == null || !standby.node.equals(first))) {
      enlist(first);
    } else if (standby == null || leaves) {
      String but = standby != null ? standby.node : avoidedTicks > 0 ? avoided : "";
      Peers peers = r.all.peers;
      peers.standby(r.app.value(), peers.self(), but).ifPresent(this::enlist);
    }
  }

  // ---- handover ----

  private void handOver(String node) {
    if (!r.all.mayHandOver()) {
      return;
    }
    heir = node;
    handoverTicks = r.all.timing.ticks(r.all.timing.handover());
    r.all.handingOver();
    r.send(node, new PeerMessage.Handover(r.app, term.epoch(), r.last));
  }

  /** NATS is away from here: a standby that still reads it goes on instead. */
  void natsLost() {
    if (numbers() && standby != null && standby.gate && standby.ready) {
      handOver(standby.node);
    }
  }

  /** Others may have gone on without this router; it asks before it commits anything more. */
  void stoodStill(boolean forLong) {
    watchers.values().forEach(watching -> watching.ticksLeft += 1);
    if (reading && (forLong || standby == null || !standby.gate)) {
      reclaim();
    }
  }

  private void reclaim() {
    release(joining);
    r.owning = null;
    r.owner = "";
    watchers.keySet().forEach(node -> r.askers.put(node, true));
    r.claim(true);
  }

  boolean handsOver() {
    return !heir.isEmpty();
  }

  /** Which routers watch, for operators. */
  List<String> watchers() {
    return new ArrayList<>(watchers.keySet());
  }

  String standbyNode() {
    return standby != null ? standby.node : joining != null ? joining.node : "";
  }

  boolean standbyInStep() {
    return standby != null && standby.gate && standby.ready;
  }
}
