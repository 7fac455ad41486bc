package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.LogBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gets lines that come before the oldest one here, in chunks, from whoever has them. */
final class History {

  /**
   * Whoever waits for older lines begins with what there is after so long: longer than a takeover,
   * after which everybody who has moved to another router waits for them at the same time.
   */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  private final Replica r;
  private List<Waiting> waiting = List.of();
  private String source = ""; // who has older lines, if it is not the owner
  private final Inquiry inquiry; // for a part of them
  private int emptyAnswers; // that this owner got in a row

  History(Replica replica) {
    this.r = replica;
    this.inquiry = new Inquiry(replica.all.timing.ticksPast(replica.all.timing.answer()));
  }

  /** Somebody who needs older lines, from which one on, and for how long they wait. */
  private static final class Waiting {
    final Promise<Void> promise = Promise.promise();
    final long from;
    final Countdown patience;

    Waiting(long from, int ticks) {
      this.from = from;
      this.patience = Countdown.started(ticks);
    }
  }

  /**
   * Succeeds when older lines have come or none are to be had, and fails if nobody answers.
   *
   * @param from the oldest seq that is needed; 0 for as many as one answer holds
   */
  Future<Void> older(long from) {
    BlockRing ring = r.localLog.ring();
    if (ring == null) {
      return Future.failedFuture("there is no log yet");
    }
    if (ring.complete()) {
      return Future.succeededFuture();
    }
    var one = new Waiting(from, r.all.timing.ticks(PATIENCE));
    if (waiting.isEmpty()) {
      waiting = new ArrayList<>(1);
    }
    waiting.add(one);
    fill();
    return one.promise.future();
  }

  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Who has older lines than this router, which is about to own the app. */
  void source(String node) {
    source = node;
    emptyAnswers = 0;
  }

  /** Asks for older lines, unless they are on their way or there are none. */
  void fill() {
    BlockRing ring = r.localLog.ring();
    if (ring == null || inquiry.isOpen()) {
      return;
    }
    if (ring.complete()) {
      came(); // it has evicted something since, so nothing older has a place in it
      return;
    }
    String node = r.owning() == null && !r.owner().isEmpty() ? r.owner() : source;
    if (node.isEmpty() || node.equals(r.all.peers.self()) || r.all.peers.isSuspect(node)) {
      if (r.owning() != null) {
        none(ring, null);
      }
      return;
    }
    inquiry.ask(node);
    r.send(node, new AppMessage.Fetch(r.app, r.localLog.epoch(), needed(), ring.oldest()));
  }

  /** The oldest seq that is needed: whoever owns the app or stands by is to have everything. */
  private long needed() {
    if (r.owning() != null || r.standby() != null) {
      return 0;
    }
    long from = waiting.isEmpty() ? 0 : Long.MAX_VALUE;
    for (Waiting one : waiting) {
      from = Math.min(from, one.from);
    }
    return from;
  }

  /** A part of the log that was asked for. */
  void range(AppMessage.Range range) {
    BlockRing ring = r.localLog.ring();
    inquiry.close();
    if (ring == null || ring.complete()) {
      fill(); // for those who wait
      return;
    }
    long before = ring.oldest();
    for (LogBatch batch : range.batches().reversed()) {
      boolean follows = batch.firstSeq() < ring.oldest() && batch.lastSeq() >= ring.oldest() - 1;
      if (follows && !ring.prepend(batch.slice(batch.firstSeq(), ring.oldest() - 1))) {
        came();
        return;
      }
    }
    if (range.lost() != null && range.first() >= ring.oldest()) {
      none(ring, range.lost());
    } else if (ring.oldest() < before) {
      emptyAnswers = 0;
      came();
      if (r.owning() != null || r.standby() != null) {
        fill(); // all of it, since this router is to have what the owner had
      }
    } else if (r.owning() != null) {
      waitsItself(ring);
    } // else: whoever was asked waits for it as well; asked again in a while
  }

  /**
   * Whoever should have had older lines has not got them yet either. It follows this owner by now,
   * and so asks here in its turn: what was not on its way to it will never come.
   */
  private void waitsItself(BlockRing ring) {
    if (++emptyAnswers > r.all.timing.ticks(r.all.timing.answer())) {
      none(ring, null);
    }
  }

  private void none(BlockRing ring, AppMessage.@Nullable Lost lost) {
    if (lost == null) {
      ring.completed(ring.edge().epoch(), 0, List.of());
    } else {
      ring.completed(lost.epoch(), lost.arrivedMs(), lost.marks());
    }
    came();
  }

  private void came() {
    waiting.forEach(one -> r.all.later(() -> one.promise.tryComplete()));
    waiting = List.of();
  }

  /** The log is in a new term: what was asked for in the one before will not come. */
  void newTerm() {
    inquiry.close();
  }

  /** An owner fills its ring, if anybody may have older lines. */
  boolean hasNothingToDo() {
    BlockRing ring = r.localLog.ring();
    boolean full = r.owning() == null || ring == null || ring.complete();
    return full && !inquiry.isOpen() && waiting.isEmpty();
  }

  void tick() {
    if (inquiry.tick()) {
      inquiry.close();
    }
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting one = all.next();
      if (one.patience.tick()) {
        all.remove();
        r.all.later(() -> one.promise.tryFail("nobody has told of older lines"));
      }
    }
    if (!waiting.isEmpty()) {
      fill();
    }
  }
}
