package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those here who wait for the app's log: the one that watches it, and those who only look at it.
 */
final class Openings {

  private final Replica r;
  private @Nullable Opening watch; // set until the watch has been answered
  private List<Opening> looks = List.of();
  private long awaited = Long.MAX_VALUE; // the owner's head, once it has said it

  Openings(Replica replica) {
    this.r = replica;
  }

  /** Somebody here who waits for the log; {@code live} is -1 if there was none when they asked. */
  private record Opening(Promise<Owner.Answer> promise, long live) {

    void answer(BlockRing ring, long head) {
      promise.tryComplete(new Owner.Answer(ring, live >= 0 ? live : head));
    }

    Future<Owner.Answer> future() {
      return promise.future();
    }
  }

  boolean isEmpty() {
    return watch == null && looks.isEmpty();
  }

  boolean hasWatch() {
    return watch != null;
  }

  boolean hasLooks() {
    return !looks.isEmpty();
  }

  /** Lets the watch wait for the log. */
  Future<Owner.Answer> addWatch() {
    Opening opening = opening();
    watch = opening;
    return opening.future();
  }

  /** Lets somebody wait who looks at the log. */
  Future<Owner.Answer> addLook() {
    Opening opening = opening();
    if (looks.isEmpty()) {
      looks = new ArrayList<>(1);
    }
    looks.add(opening);
    return opening.future();
  }

  private Opening opening() {
    awaited = Long.MAX_VALUE; // until the owner says
    return new Opening(Promise.promise(), r.owning() != null ? r.localLog.head() : -1);
  }

  /** The watch has ended: nobody waits for it any more. */
  void dropWatch() {
    Opening opening = watch;
    if (opening != null) {
      watch = null;
      r.all.later(() -> opening.promise.tryFail("nobody watches any more"));
    }
  }

  /** The owner's head is {@code head}: all wait until that is here. */
  void await(long head) {
    awaited = head;
  }

  /** Up to where the log has to be here. */
  long awaited() {
    return awaited;
  }

  /** The log is here, and what NATS receives from now on will be: answers all. */
  void opened(long head) {
    awaited = Long.MAX_VALUE;
    if (isEmpty()) {
      return;
    }
    List<Opening> all = new ArrayList<>(looks);
    if (watch != null) {
      all.add(watch);
    }
    looks = List.of();
    watch = null;
    BlockRing ring = r.localLog.opened();
    all.forEach(opening -> r.all.later(() -> opening.answer(ring, head)));
  }

  /** The log is here as far as it goes: answers those who only look at it. */
  void looked() {
    BlockRing ring = r.localLog.opened();
    looks.forEach(opening -> r.all.later(() -> opening.answer(ring, ring.head())));
    looks = List.of();
  }
}
