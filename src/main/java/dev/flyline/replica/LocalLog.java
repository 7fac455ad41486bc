package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.PlacedMark;
import dev.flyline.log.Term;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one router has of an app's log: the terms that it knows of, what is committed, and what is
 * numbered and not committed yet.
 */
final class LocalLog {

  private static final Logger log = LoggerFactory.getLogger(LocalLog.class);

  private final Replica r;
  private Lineage lineage = Lineage.NONE;
  private String epoch = ""; // of its newest term
  private @Nullable BlockRing ring; // null until this router has had to do with the lines
  private final Deque<LogBatch> pending = new ArrayDeque<>(2);
  private long pendingBytes;
  private long last;

  LocalLog(Replica replica) {
    this.r = replica;
  }

  /** The terms of the newest log that this router knows of. */
  Lineage lineage() {
    return lineage;
  }

  /** The newest term; empty if there is none. */
  String epoch() {
    return epoch;
  }

  /** The counter of the newest term; 0 if there is none. */
  long counter() {
    return lineage.isEmpty() ? 0 : lineage.newest().counter();
  }

  /** What is committed; null until this router has had to do with the app's lines. */
  @Nullable BlockRing ring() {
    return ring;
  }

  /** What is committed; there must be something. */
  BlockRing opened() {
    BlockRing opened = ring;
    if (opened == null) {
      throw new IllegalStateException("there is no log yet");
    }
    return opened;
  }

  /** The last committed seq. */
  long head() {
    return ring == null ? 0 : ring.head();
  }

  /** The last seq that is here, committed or not. */
  long last() {
    return last;
  }

  /** What is here after the head, in order. */
  Deque<LogBatch> pending() {
    return pending;
  }

  long pendingBytes() {
    return pendingBytes;
  }

  /** Whether more is pending than an owner in its senses lets wait and a ring could take. */
  boolean isFull() {
    return pendingBytes > Owning.MAX_PENDING + r.all.limits.bytes();
  }

  /** How {@code epoch} stands to the newest term known: negative if older, positive if newer. */
  int compare(String epoch) {
    if (epoch.equals(this.epoch)) {
      return 0; // as each line of the owner's is
    }
    int dash = epoch.indexOf('-');
    long counter = counter(epoch, dash);
    if (lineage.isEmpty()) {
      return epoch.isEmpty() ? 0 : 1;
    }
    Term newest = lineage.newest();
    if (counter < 1) {
      return -1;
    }
    int byCounter = Long.compare(counter, newest.counter());
    return byCounter != 0 ? byCounter : epoch.substring(dash + 1).compareTo(newest.node());
  }

  private static long counter(String epoch, int dash) {
    try {
      return dash < 1 ? 0 : Long.parseLong(epoch, 0, dash, 10);
    } catch (NumberFormatException e) { // no epoch of a router's
      return 0;
    }
  }

  // ---- lines ----

  /** Puts a batch that is committed into the ring. It must follow the head. */
  void deliver(LogBatch batch) {
    opened().append(batch);
    last = Math.max(last, batch.lastSeq());
    if (r.following.watching()) {
      r.all.world.committed(batch);
    }
    r.branches.delivered(batch);
    r.following.reached();
    r.catchUp.reached();
  }

  /** Puts into the ring what of {@code batch} follows the head, if any of it does. */
  void deliverRest(LogBatch batch) {
    if (batch.lastSeq() > last && batch.firstSeq() <= last + 1) {
      deliver(batch.slice(last + 1, batch.lastSeq()));
    }
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

  /**
   * Goes on after {@code seq} though nobody has what lies between, but for {@code marks}; nothing
   * may be pending.
   */
  void skipTo(long seq, List<PlacedMark> marks) {
    opened().skipTo(seq, marks);
    last = seq;
  }

  // ---- the ring ----

  /** Makes the ring if there is none: it goes on after {@code head}, and older lines may be had. */
  void open(long head) {
    if (ring == null) {
      ring = r.all.rings.begin(lineage, head, head == 0);
      last = head;
    }
  }

  /** Lets go of a ring that nobody reads and that is far behind. */
  void close() {
    if (ring != null && pending.isEmpty()) {
      r.all.rings.retire(ring);
      ring = null;
      last = 0;
    }
  }

  /** Lets go of the lines to make room for others'. */
  void clear() {
    if (ring != null) {
      ring.clear();
    }
  }

  /** Whether there is no line. */
  boolean isEmpty() {
    return pending.isEmpty() && (ring == null || ring.oldest() > ring.head());
  }

  // ---- terms ----

  /** Begins a term of this router at {@link #last}; terms of which it has nothing are left out. */
  Term beginTerm(long counter) {
    var term = new Term(counter, r.all.peers.self(), last);
    boolean leavesOut = r.all.keeps(Rule.LEAVE_OUT_TERMS_WITHOUT_LINES);
    lineage = (leavesOut ? lineage.until(last) : lineage).then(term);
    epoch = term.epoch();
    if (ring == null) {
      ring = r.all.rings.begin(lineage, last, true);
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
    long valid = lineage.isEmpty() ? 0 : newer.common(lineage);
    commitTo(valid);
    dropPending();
    lineage = newer;
    epoch = newer.newest().epoch();
    BlockRing old = ring;
    if (old == null) {
      return;
    }
    if (old.head() <= valid) {
      old.lineage(newer);
      return;
    }
    boolean kept = valid >= old.oldest() - 1;
    long begin = kept ? old.oldest() - 1 : valid;
    BlockRing copy = RingSlices.copy(old, valid, () -> r.all.rings.begin(newer, begin, false));
    ring = copy;
    last = copy.head();
    log.info("{}: what came after {} here is no part of {}", r.app, valid, newer.newest().epoch());
    r.following.branched();
    r.branches.branched(old, copy);
  }
}
