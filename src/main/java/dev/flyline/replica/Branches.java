package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.log.LogBatch;
import org.jspecify.annotations.Nullable;

/**
 * Lets viewers go on in the log when what they have seen turns out to be a branch of it: as late as
 * the log holds all that they were shown, so that nobody who stays gets a line twice.
 */
final class Branches {

  private final Replica r;
  private @Nullable Branch branch; // set while those here still see what is no part of the log
  private @Nullable BlockRing shown; // what they see
  private @Nullable Branch givenUp; // some of what it has shown was not found in the log
  private Countdown memory =
      Countdown.over(); // of what was given up: the log may branch off once more

  Branches(Replica replica) {
    this.r = replica;
  }

  /** The log is now {@code ring}, which branches off before the head of {@code old}. */
  void branched(BlockRing old, BlockRing ring) {
    old.completed(old.edge().epoch(), 0, old.edge().lostMarks());
    if (!r.following.isRead()) {
      r.all.rings.retire(old);
      return;
    }
    BlockRing seen = shown;
    if (seen == null) {
      seen = old;
      shown = old;
    } else {
      r.all.rings.retire(old); // they have not come so far as to see it
    }
    long valid = ring.lineage().common(seen.lineage());
    var begun = new Branch(seen, valid, givenUp, r.all.timing.ticks(r.all.timing.settle()));
    givenUp = null;
    RingSlices.from(ring, Math.max(valid + 1, ring.oldest()), Integer.MAX_VALUE)
        .forEach(begun::has);
    branch = begun;
  }

  /** The log has grown. */
  void delivered(LogBatch batch) {
    Branch left = branch;
    if (left != null) {
      left.has(batch);
      leaveIfFound(left);
    }
  }

  boolean hasNothingToDo() {
    return branch == null && givenUp == null;
  }

  void tick() {
    if (memory.tick()) {
      givenUp = null;
    }
    Branch left = branch;
    if (left != null) {
      if (r.owning() != null || r.following.isInTouch()) {
        left.tick();
      }
      leaveIfFound(left);
    }
  }

  private void leaveIfFound(Branch left) {
    BlockRing ring = r.localLog.ring();
    if (ring != null && left.isFound()) {
      r.following.replaced(ring, left.leave(ring.head()));
      end();
      if (!left.isWhole()) {
        givenUp = left;
        memory = Countdown.started(r.all.timing.ticks(r.all.timing.keep()));
      }
    }
  }

  /** Nobody sees a branch any more. */
  void end() {
    branch = null;
    givenUp = null;
    BlockRing old = shown;
    if (old != null) {
      shown = null;
      r.all.rings.retire(old);
    }
  }
}
