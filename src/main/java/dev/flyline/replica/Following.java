package dev.flyline.replica;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The part of a router where somebody views the app: it has a watch at the owner, wherever that is,
 * and keeps its ring in step with the owner's.
 *
 * <p>If a batch does not follow the last one, the owner is asked for what lies between, and at most
 * {@link #HELD_BYTES} of what comes meanwhile are held.
 */
final class Following {

  private static final long HELD_BYTES = 1 << 20;

  /** How often in a row one router may send this one to another before it waits for a tick. */
  private static final int REDIRECTS = 3;

  private final Replica r;
  private Owner.@Nullable Watcher watcher; // set while the app is watched here
  private final List<Opening> opening = new ArrayList<>(1);
  private final List<Promise<Void>> older = new ArrayList<>(0);
  private final Queue<LogBatch> held = new ArrayDeque<>(0);
  private long heldBytes;
  private String asked = ""; // whom the last watch went to; empty if it was answered
  private int askedTicks;
  private int attempt;
  private int redirects;
  private int renewTicks;
  private String fetchedFrom = ""; // of whom a range is awaited
  private int fetchTicks;
  private boolean filling; // an older part is awaited
  private int fillTicks;
  private String history = ""; // who has older lines, if it is not the owner
  private int idleTicks;
  private long awaited = Long.MAX_VALUE; // the owner's head, once it has said it
  private @Nullable Branch
      branch; // set while those here still see lines that are no part of the log
  private boolean fresh; // the watch has just begun, so nobody here reads the ring

  Following(Replica replica) {
    this.r = replica;
  }

  /** Somebody here who waits for the log; {@code live} is -1 if there was none when they asked. */
  private record Opening(Promise<Owner.Answer> promise, long live) {}

  boolean watching() {
    return watcher != null;
  }

  /** Whether nobody here has wanted anything of this app for a minute. */
  boolean isIdle() {
    return watcher == null
        && opening.isEmpty()
        && older.isEmpty()
        && idleTicks > r.all.timing.ticks(60_000);
  }

  // ---- those here ----

  Future<Owner.Answer> watch(Owner.Watcher by) {
    watcher = by;
    fresh = r.owning == null;
    if (r.owning != null) {
      r.owning.read();
    }
    return open();
  }

  /** The log as it is, without a watch. */
  Future<Owner.Answer> look() {
    return open();
  }

  private Future<Owner.Answer> open() {
    idleTicks = 0;
    Promise<Owner.Answer> promise = Promise.promise();
    boolean owns = r.owning != null;
    if (owns && (watcher == null || r.confirmed)) {
      BlockRing ring = r.log();
      return Future.succeededFuture(new Owner.Answer(ring, ring.head()));
    }
    opening.add(new Opening(promise, owns ? r.head() : -1));
    awaited = Long.MAX_VALUE; // until the owner says
    if (!owns && r.claiming == null) {
      askOwner();
    }
    return promise.future();
  }

  void unwatch() {
    watcher = null;
    if (r.owning != null) {
      r.owning.stopReadingIfUnwatched();
    } else if (!r.owner.isEmpty()) {
      r.send(r.owner, new PeerMessage.Unwatch(r.app));
    }
  }

  /** The log is here, and what NATS receives from now on will be: tells those who wait. */
  void opened(long head) {
    awaited = Long.MAX_VALUE;
    if (opening.isEmpty()) {
      return;
    }
    fresh = false;
    BlockRing ring = r.log();
    for (Opening one : opening) {
      var answer = new Owner.Answer(ring, one.live >= 0 ? one.live : head);
      r.all.later(() -> one.promise.complete(answer));
    }
    opening.clear();
  }

  /** The log is in a new term: what was asked for in the one before will not come. */
  void newTerm() {
    fetchedFrom = "";
    filling = false;
  }

  /** The log branched off after {@code valid}, though {@code old} has shown what came after. */
  void branched(BlockRing old, long valid) {
    if (watcher == null) {
      return;
    }
    fresh = false; // whoever waits for the log gets this one
    if (branch == null) {
      branch = new Branch(old, valid, r.all.timing.ticks(r.all.timing.settle()));
    } else {
      branch.shown(old, valid);
    }
  }

  /** The log has grown. */
  void delivered(LogBatch batch) {
    if (branch != null) {
      branch.has(batch);
      leaveBranch(branch);
    }
    reached();
  }

  void tickBranch() {
    if (branch != null) {
      if (isInTouch()) {
        branch.tick();
      }
      leaveBranch(branch);
    }
  }

  /** Whether what is here is all that there is, but for what is on its way. */
  private boolean isInTouch() {
    boolean follows = !r.owner.isEmpty() && !r.all.peers.isSuspect(r.owner) && asked.isEmpty();
    return r.owning != null || (follows && fetchedFrom.isEmpty());
  }

  private void leaveBranch(Branch left) {
    Owner.Watcher by = watcher;
    BlockRing ring = r.ring;
    if (left.isFound() && ring != null) {
      branch = null;
      long after = left.after(ring.head());
      if (by != null) {
        r.all.later(() -> by.replaced(ring, after));
      }
    }
  }

  /** Succeeds when older lines have come, or none are to be had. */
  Future<Void> olderLines() {
    idleTicks = 0;
    if (r.ring == null || r.ring.complete()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    older.add(promise);
    fillHistory();
    return promise.future();
  }

  /** Succeeds when everything is here that the owner had committed when it was asked. */
  Future<Void> newerLines() {
    if (r.owning != null) {
      return Future.succeededFuture();
    }
    return open().mapEmpty();
  }

  // ---- the owner ----

  /** Asks the owner, or whoever may know of one. */
  private void askOwner() {
    if (!r.owner.isEmpty()
        && !r.isOwner(r.all.peers.self())
        && !r.all.peers.isSuspect(r.owner)
        && attempt == 0) {
      ask(r.owner);
    } else {
      List<Peer> order = r.all.peers.order(r.app.value());
      String candidate = order.get(Math.floorMod(attempt, order.size())).node();
      if (candidate.equals(r.all.peers.self())) {
        asked = "";
        askedTicks = 0;
        r.claim(false);
      } else {
        ask(candidate);
      }
    }
  }

  private void ask(String node) {
    asked = node;
    askedTicks = 0;
    renewTicks = r.all.timing.ticks(r.all.timing.renew());
    r.send(
        node,
        watcher != null
            ? new PeerMessage.Watch(r.app, r.ring == null ? "" : r.epoch())
            : new PeerMessage.Look(r.app));
  }

  /** Somebody says who the owner is. */
  void redirected(String owner) {
    r.owner = owner;
    attempt = 0;
    if (wants() && !owner.equals(r.all.peers.self()) && redirects++ < REDIRECTS) {
      ask(owner);
    }
  }

  private boolean wants() {
    return watcher != null || !opening.isEmpty();
  }

  /** The owner itself says how the log stands. */
  void stands(long head) {
    answered();
    if (fresh && r.standby == null && r.ring != null && r.head() < head) {
      r.ring = null; // far behind, and nobody reads it
    }
    fresh = false;
    r.openLog(head);
    drainHeld();
    reach(head);
  }

  /** This router owns the app from here on. */
  void owned() {
    answered();
    fresh = false;
    held.clear();
    heldBytes = 0;
    if (watcher == null || r.confirmed) {
      opened(r.head());
    }
  }

  /** The owner is still the owner, and has committed up to {@code head}. */
  void head(long head) {
    if (opening.isEmpty()) {
      answered();
    } // else: it may have been said before it was asked, and whoever waits may have seen more
    if (r.ring != null && r.last < head) {
      fetch(r.owner);
    }
  }

  /** Gets what is missing up to {@code head}, and tells those who wait when it is here. */
  private void reach(long head) {
    if (r.head() >= head) {
      opened(head);
      return;
    }
    awaited = head;
    if (r.last < head) {
      fetch(r.owner);
    }
  }

  /** The owner has a new term, and may not know that this router watches. */
  void watchAgain() {
    if (watcher != null) {
      ask(r.owner);
    }
  }

  /** What stood by and does no longer has lines to get that were not committed. */
  void behind() {
    if (watcher != null && !r.owner.isEmpty()) {
      ask(r.owner);
    }
  }

  private void answered() {
    asked = "";
    askedTicks = 0;
    attempt = 0;
    redirects = 0;
  }

  void tick() {
    redirects = 0;
    idleTicks = wants() ? 0 : idleTicks + 1;
    tickFetches();
    if (!wants() || r.claiming != null) {
      return;
    }
    askedTicks++;
    boolean lost = r.owner.isEmpty() || r.all.peers.isSuspect(r.owner);
    if (asked.isEmpty() && !lost) {
      if (--renewTicks <= 0 || !opening.isEmpty()) {
        askOwner();
      }
    } else if (askedTicks > r.all.timing.ticks(r.all.timing.answer())) {
      attempt++;
      askOwner();
    }
  }

  // ---- lines ----

  /** Committed lines from the owner. */
  void lines(LogBatch batch) {
    if (r.ring == null) {
      hold(batch);
    } else if (batch.firstSeq() <= r.last + 1) {
      append(batch);
      drainHeld();
    } else {
      hold(batch);
      fetch(r.owner);
    }
  }

  private void append(LogBatch batch) {
    if (batch.lastSeq() > r.last && batch.firstSeq() <= r.last + 1) {
      r.deliver(batch.slice(Math.max(batch.firstSeq(), r.last + 1), batch.lastSeq()));
    }
  }

  void hold(LogBatch batch) {
    if (heldBytes + batch.bytes() <= HELD_BYTES) {
      held.add(batch);
      heldBytes += batch.bytes();
    } // else: the owner has it, and what comes next will show that it is missing
  }

  private void drainHeld() {
    while (!held.isEmpty()) {
      int order = r.compare(held.element().epoch());
      if (order > 0 || (order == 0 && held.element().firstSeq() > r.last + 1)) {
        return; // its term is still to be learnt, or lines before it are still to come
      }
      LogBatch batch = held.remove();
      heldBytes -= batch.bytes();
      if (order < 0) {
        continue; // of a branch
      }
      if (r.standby != null) {
        r.standby.repaired(batch);
      } else {
        append(batch);
      }
    }
  }

  // ---- missing parts ----

  /** Asks {@code node} for what comes after the last line here, unless that is on its way. */
  void fetch(String node) {
    if (fetchedFrom.isEmpty() && !node.isEmpty()) {
      fetchedFrom = node;
      fetchTicks = 0;
      r.send(node, new PeerMessage.Fetch(r.app, r.epoch(), r.last + 1, 0));
    }
  }

  /** Who has older lines while nobody owns the app. */
  void fillFrom(String node) {
    history = node;
  }

  /** Asks for older lines, unless they are on their way or there are none. */
  void fillHistory() {
    BlockRing ring = r.ring;
    if (ring == null || ring.complete() || filling) {
      return;
    }
    String node = r.owning == null && !r.owner.isEmpty() ? r.owner : history;
    if (node.isEmpty() || r.all.peers.isSuspect(node)) {
      if (r.owning != null) {
        noneOlder(null);
      }
      return;
    }
    filling = true;
    fillTicks = 0;
    r.send(node, new PeerMessage.Fetch(r.app, r.epoch(), 0, ring.oldest()));
  }

  private void noneOlder(PeerMessage.@Nullable Lost lost) {
    BlockRing ring = r.log();
    if (lost == null) {
      ring.completed(ring.edge().epoch(), 0, List.of());
    } else {
      ring.completed(lost.epoch(), lost.arrivedMs(), lost.marks());
    }
    olderCame();
  }

  private void olderCame() {
    older.forEach(promise -> r.all.later(promise::complete));
    older.clear();
  }

  /** A part of the log that was asked for. */
  void range(String from, PeerMessage.Range range) {
    if (r.ring == null) {
      return;
    }
    if (range.backwards()) {
      filling = false;
      older(range);
    } else if (from.equals(fetchedFrom)) {
      fetchedFrom = "";
      missing(from, range);
    }
  }

  private void older(PeerMessage.Range range) {
    BlockRing ring = r.log();
    long before = ring.oldest();
    for (LogBatch batch : range.batches().reversed()) {
      if (batch.firstSeq() < ring.oldest() && batch.lastSeq() >= ring.oldest() - 1) {
        if (!ring.prepend(batch.slice(batch.firstSeq(), ring.oldest() - 1))) {
          olderCame();
          return;
        }
      }
    }
    if (range.lost() != null && range.first() >= ring.oldest()) {
      noneOlder(range.lost());
    } else if (!range.batches().isEmpty()) {
      if (ring.oldest() < before) {
        olderCame();
      }
    } // else: the owner itself waits for it; asked again in a while
  }

  private void missing(String from, PeerMessage.Range range) {
    Claiming claim = r.claiming;
    if (claim != null && claim.fillsFrom(from)) {
      fillClaim(claim, from, range);
      return;
    }
    if (range.first() > r.last + 1 && r.pending.isEmpty()) { // even the owner has it no more
      r.log().skipTo(range.first() - 1);
      r.last = range.first() - 1;
    }
    for (LogBatch batch : range.batches()) {
      if (r.standby != null) {
        r.standby.repaired(batch);
      } else {
        append(batch);
      }
    }
    drainHeld();
    if (!range.batches().isEmpty() && (range.more() || !held.isEmpty())) {
      fetch(from);
      return;
    }
    if (held.isEmpty() && r.standby != null) {
      r.standby.whole();
    }
  }

  /** More is committed: enough for those who wait? */
  void reached() {
    if (!opening.isEmpty() && r.head() >= awaited) {
      opened(awaited);
    }
  }

  private void fillClaim(Claiming claim, String from, PeerMessage.Range range) {
    long before = r.last;
    range.batches().forEach(this::fill);
    if (r.last > before) {
      claim.filled();
    } else {
      claim.filledFrom(from);
    }
  }

  private void fill(LogBatch batch) {
    if (batch.firstSeq() <= r.last + 1 && batch.lastSeq() > r.last) {
      LogBatch fresh = batch.slice(r.last + 1, batch.lastSeq());
      r.append(fresh);
      if (r.standby != null) {
        r.standby.published(fresh); // or NATS's copy of it would be numbered again
      }
    }
  }

  void tickFetches() {
    int limit = r.all.timing.ticks(r.all.timing.answer());
    if (!fetchedFrom.isEmpty() && ++fetchTicks > limit) {
      fetchedFrom = "";
      if (r.claiming == null && r.owning == null && (!held.isEmpty() || wants())) {
        fetch(r.owner);
      }
    }
    if (filling && ++fillTicks > limit) {
      filling = false;
    }
    if (!older.isEmpty()) {
      fillHistory();
    }
  }
}
