package dev.flyline.replica;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Term;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One app's log on one router: what is committed, what is not yet, and which part this router
 * plays.
 *
 * <p>The parts: {@link Owning} numbers the lines and says what is committed. {@link Standby} reads
 * along and is ready to go on. {@link Following} gets committed lines because somebody here views
 * the app. {@link Claiming} asks the others whether it may own the app. A replica may stand by and
 * follow at once; owning excludes the others. Belongs to the app's home lane.
 */
final class Replica {

  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  final AppName app;
  final Replicas all;
  final Following following;

  /** The terms of the newest log that this router knows of. */
  Lineage lineage = Lineage.NONE;

  /** What is committed; null until this router has had to do with the app's lines. */
  @Nullable BlockRing ring;

  /** What is here after the ring's head and not committed. */
  final Deque<LogBatch> pending = new ArrayDeque<>(2);

  long pendingBytes;

  /** The last seq that is here, committed or not. */
  long last;

  /** Who owns the app as far as this router knows; empty if it does not. */
  String owner = "";

  @Nullable Owning owning; // set while this router owns the app
  @Nullable Standby standby; // set while the owner wants this router to stand by
  @Nullable Claiming claiming; // set while this router asks whether it may own the app
  @Nullable Matching matching; // set while NATS is read, and for a while after a takeover
  final Backlog backlog;
  boolean subscribed;
  boolean confirmed; // NATS has the subscription, or is away
  int confirmedTicks; // since then, not counting those after which this router stood still

  /** Routers that wait for the outcome of a claim; whether they want to watch, or just to know. */
  final Map<String, Boolean> askers = new LinkedHashMap<>(2);

  Replica(AppName app, Replicas all) {
    this.app = app;
    this.all = all;
    this.backlog = new Backlog(all.limits.bytes());
    this.following = new Following(this);
  }

  String epoch() {
    return lineage.isEmpty() ? "" : lineage.newest().epoch();
  }

  long head() {
    return ring == null ? 0 : ring.head();
  }

  boolean isOwner(String node) {
    return owner.equals(node);
  }

  void send(String node, PeerMessage message) {
    all.world.send(node, message);
  }

  /** What this router knows of the app, for whoever asks. */
  PeerMessage.State state(long head) {
    return new PeerMessage.State(app, lineage, owner, head);
  }

  // ---- the log ----

  /** Puts a batch that is committed into the ring. It must follow the ring's head. */
  void deliver(LogBatch batch) {
    log().append(batch);
    last = Math.max(last, batch.lastSeq());
    all.world.committed(batch);
    following.reached();
  }

  /** Adds a batch that is not committed yet; must follow {@link #last}. */
  void append(LogBatch batch) {
    pending.add(batch);
    pendingBytes += batch.bytes();
    last = batch.lastSeq();
  }

  /** Takes up to {@code seq} from what is pending into the ring, as far as it is here. */
  void commitTo(long seq) {
    while (!pending.isEmpty() && pending.element().firstSeq() <= seq) {
      LogBatch batch = pending.remove();
      pendingBytes -= batch.bytes();
      if (batch.lastSeq() > seq) {
        LogBatch rest = batch.slice(seq + 1, batch.lastSeq());
        pending.addFirst(rest);
        pendingBytes += rest.bytes();
        batch = batch.slice(batch.firstSeq(), seq);
      }
      deliver(batch);
    }
  }

  void dropPending() {
    pending.clear();
    pendingBytes = 0;
    last = head();
  }

  BlockRing log() {
    BlockRing log = ring;
    if (log == null) {
      throw new IllegalStateException("there is no log yet");
    }
    return log;
  }

  /** Makes the ring if there is none: it goes on after {@code head}, and older lines may be had. */
  void openLog(long head) {
    if (ring == null) {
      ring = all.newRing(lineage, head, head == 0);
      last = head;
    }
  }

  /** Begins a term of this router at {@link #last}; terms of which it has nothing are left out. */
  Term beginTerm(long counter) {
    var term = new Term(counter, all.peers.self(), last);
    lineage = lineage.until(last).then(term);
    if (ring == null) {
      ring = all.newRing(lineage, last, true);
    } else {
      ring.lineage(lineage);
    }
    return term;
  }

  /**
   * Learns of a newer log. What is here and not part of it goes; if that was committed, a new ring
   * takes the old one's place, and viewers learn that they saw a branch.
   */
  void learn(Lineage newer) {
    owning = null;
    standby = null;
    long valid = lineage.isEmpty() ? 0 : newer.common(lineage);
    commitTo(valid);
    dropPending();
    lineage = newer;
    following.newTerm();
    BlockRing old = ring;
    if (old == null) {
      return;
    }
    if (old.head() <= valid) {
      old.lineage(newer);
    } else {
      boolean kept = valid >= old.oldest() - 1;
      long begin = kept ? old.oldest() - 1 : valid;
      ring = Parts.copy(old, valid, () -> all.newRing(newer, begin, false));
      last = ring.head();
      log.info("{}: what came after {} here is no part of {}", app, valid, newer.newest().epoch());
      following.replaced(ring);
    }
  }

  // ---- NATS ----

  void subscribe() {
    if (!subscribed) {
      subscribed = true;
      confirmed = false;
      confirmedTicks = 0;
      all.world.subscribe(app);
    }
  }

  void unsubscribe() {
    if (subscribed) {
      subscribed = false;
      confirmed = false;
      all.world.unsubscribe(app);
    }
  }

  /** Reads NATS no longer unless a part that this router plays needs it. */
  void unsubscribeIfUnused() {
    boolean reads =
        owning != null ? owning.reading : standby != null || (claiming != null && claiming.goesOn);
    if (!reads) {
      unsubscribe();
      matching = null;
    }
  }

  void subscriptionConfirmed() {
    if (!subscribed || confirmed) {
      return;
    }
    confirmed = true;
    confirmedTicks = 0;
    if (owning != null) {
      owning.confirmed();
    }
    if (standby != null) {
      standby.confirmed();
    }
  }

  /** Takes what NATS brought, in order. */
  void arrived(List<Entry> entries) {
    if (owning != null && owning.numbers()) {
      owning.number(passOver(entries));
    } else if (owning != null || (claiming != null && claiming.goesOn)) {
      backlog.addAll(entries, all.world.wallMs());
    } else if (subscribed) { // else: on its way when the subscription ended
      entries.forEach(this::match);
    }
  }

  private void match(Entry entry) {
    switch (entry) {
      case LogLine line -> matching().seen(line, all.world.nowMs());
      case Mark _ -> { // lines are missing here: nothing before can be matched any more
        matching().clear();
        confirmedTicks = 0;
        if (standby != null) {
          standby.missedLines();
        }
      }
    }
  }

  /** NATS is away from here: lines are missing from now on. */
  void natsLost() {
    confirmedTicks = 0;
    if (standby != null) {
      standby.missedLines();
    }
    if (owning != null) {
      owning.natsLost();
    }
  }

  /** What had to wait while this router did not number is matched against the new owner's lines. */
  void matchBacklog() {
    backlog.take(all.world.wallMs()).forEach(this::match);
  }

  Matching matching() {
    Matching lists = matching;
    if (lists == null) {
      lists = new Matching(all.limits.bytes());
      matching = lists;
    }
    return lists;
  }

  List<Entry> passOver(List<Entry> entries) {
    Matching lists = matching;
    return lists == null
        ? entries
        : entries.stream()
            .filter(entry -> !(entry instanceof LogLine line && lists.passOver(line)))
            .toList();
  }

  // ---- parts ----

  /** Begins to ask whether this router may own the app, unless it does so already. */
  void claim(boolean goesOn) {
    if (owning == null && claiming == null) {
      claiming = new Claiming(this, all.nextClaim(), goesOn);
      claiming.start();
    }
  }

  /**
   * This router owns the app from here on.
   *
   * @param counter of its term
   * @param complete whether it has everything that was numbered before
   * @param waiting routers that wait for the app; whether they want to watch it
   * @param heirOf the owner that handed it over; empty if none did
   */
  void own(long counter, boolean complete, Map<String, Boolean> waiting, String heirOf) {
    boolean first = lineage.isEmpty();
    standby = null;
    claiming = null;
    commitTo(last);
    var mine = new Owning(this, beginTerm(counter));
    owning = mine;
    owner = all.peers.self();
    if (!heirOf.isEmpty()) {
      mine.enlist(heirOf); // before it learns of the term, so that it reads on
    }
    PeerMessage.State announcement = state(last);
    all.peers.present().forEach(node -> send(node, announcement));
    askers.clear();
    if (!complete && !first) {
      log.info("{}: {} begins after {}; lines before it may be missing", app, epoch(), last);
      mine.markFailover();
    } else {
      log.debug("{}: {} begins after {}", app, epoch(), last);
    }
    waiting.forEach((node, watches) -> mine.welcome(node, watches));
    List<Entry> lines = waitingLines();
    if (subscribed || mine.isWanted()) {
      mine.read();
      mine.number(lines);
    }
    following.owned();
  }

  /** What NATS brought and nobody has numbered, as far as this router knows. */
  private List<Entry> waitingLines() {
    List<Entry> lines = passOver(backlog.take(all.world.wallMs()));
    return !lines.isEmpty() || matching == null ? lines : matching.takeSeen(all.world.wallMs());
  }

  void tick() {
    if (confirmed) {
      confirmedTicks++;
    }
    if (matching != null) {
      boolean missed = owning == null && (claiming != null || all.peers.isSuspect(owner));
      matching.expire(all.world.nowMs() - all.timing.keep(), missed);
      if (owning != null && owning.numbers() && matching.isEmpty()) {
        matching = null;
      }
    }
    if (claiming != null) {
      claiming.tick();
    }
    if (owning != null) {
      following.tickFetches();
      following.fillHistory();
      owning.tick();
    } else {
      if (standby != null) {
        standby.tick();
      }
      following.tick();
    }
  }

  /** This router was frozen, so others may have gone on without it. */
  void stoodStill(boolean forLong) {
    if (claiming != null) {
      claiming.drop();
    }
    if (owning != null) {
      owning.stoodStill(forLong);
    }
    if (standby != null) {
      standby.stoodStill();
    }
  }

  /** Whether this router does anything for the app now. */
  boolean isPlaying() {
    return standby != null
        || claiming != null
        || (owning != null && owning.reading)
        || !following.isIdle();
  }

  /** Whether nothing is left that anybody could miss. */
  boolean isForgettable() {
    return !isPlaying() && (ring == null || ring.oldest() > ring.head());
  }

  /** Lets go of the lines to make room for others'. */
  void clearLog() {
    if (ring != null) {
      ring.clear();
    }
  }

  // ---- messages ----

  /** How {@code epoch} stands to the newest term known: negative if older, positive if newer. */
  int compare(String epoch) {
    if (lineage.isEmpty()) {
      return epoch.isEmpty() ? 0 : 1;
    }
    Term newest = lineage.newest();
    int dash = epoch.indexOf('-');
    if (dash < 1) {
      return -1;
    }
    long counter = Long.parseLong(epoch.substring(0, dash));
    int byCounter = Long.compare(counter, newest.counter());
    return byCounter != 0 ? byCounter : epoch.substring(dash + 1).compareTo(newest.node());
  }

  /** Tells those who wait here that {@code node} is the owner, and turns to it. */
  void redirect(String node) {
    owner = node;
    redirectAskers();
    following.redirected(node);
  }

  void redirectAskers() {
    if (!lineage.isEmpty()) { // else they ask again when they have waited in vain
      PeerMessage.State state = state(head());
      askers.keySet().stream().filter(asker -> !isOwner(asker)).forEach(a -> send(a, state));
    }
    askers.clear();
  }
}
