package dev.flyline.feed;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.Recent;
import dev.flyline.log.AppName;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This router's view of one watched app: takes its batches off the bus into a ring and wakes those
 * who view it. If this router owns the app, the ring is the owner's own, and a batch says no more
 * than that there is something new in it.
 *
 * <p>Every batch must begin where the last one ended. Batches that come while the owner's answer is
 * on its way are held, within {@link #HELD_BYTES}; if one does not fit in, the owner is asked again
 * for what it holds. Belongs to the app's home lane.
 */
final class Feed {

  /** How much is held while an answer of the owner is on its way. */
  private static final long HELD_BYTES = 1 << 20;

  private final AppName app;
  private final Owner owner;
  private final RingLimits limits;
  private final RingBudget budget;
  private final Meters meters;
  private final MessageConsumer<LogBatch> consumer;
  private final Set<Audience> audiences = new HashSet<>(4);
  private final Queue<LogBatch> held = new ArrayDeque<>();
  private long heldBytes;
  private @Nullable BlockRing ring; // set when the owner has answered
  private boolean shared;
  private boolean asking;
  private boolean closed;
  long lingerTimer = -1;

  Feed(
      AppName app, EventBus bus, Owner owner, RingLimits limits, RingBudget budget, Meters meters) {
    this.app = app;
    this.owner = owner;
    this.limits = limits;
    this.budget = budget;
    this.meters = meters;
    this.consumer = bus.localConsumer(app.busAddress(), this::received);
    ask();
  }

  void join(Audience audience, FeedLane lane) {
    audiences.add(audience);
    BlockRing log = ring;
    if (log != null) {
      log.lanes(audiences.size());
      long head = log.head();
      lane.run(() -> audience.opened(log, head));
    }
  }

  /** Removes {@code audience} and says whether nobody is left. */
  boolean leave(Audience audience) {
    audiences.remove(audience);
    if (ring != null) {
      ring.lanes(audiences.size());
    }
    return audiences.isEmpty();
  }

  boolean isUnwatched() {
    return audiences.isEmpty();
  }

  /** The log, or null as long as the owner has not answered. */
  @Nullable BlockRing log() {
    return ring;
  }

  void close() {
    closed = true;
    consumer.unregister();
    owner.unwatch(app);
    if (ring != null && !shared) {
      ring.clear();
    }
  }

  private void ask() {
    asking = true;
    owner.watch(app).onSuccess(this::answered);
  }

  private void answered(Owner.Answer answer) {
    asking = false;
    if (closed) {
      return;
    }
    switch (answer) {
      case Owner.Shared(BlockRing owners, long head) -> {
        shared = true;
        open(owners, head);
      }
      case Owner.Copied(Recent recent) when ring == null ->
          open(BlockRing.of(recent, limits, budget), recent.head());
      case Owner.Copied(Recent recent) -> repair(ring, recent);
    }
    held.forEach(this::append);
    held.clear();
    heldBytes = 0;
    wake();
  }

  /** Everything after {@code live} is live to those who wait, though it came before the answer. */
  private void open(BlockRing log, long live) {
    ring = log;
    log.lanes(audiences.size());
    audiences.forEach(audience -> audience.lane().run(() -> audience.opened(log, live)));
  }

  private void repair(BlockRing log, Recent recent) {
    long before =
        recent.batches().isEmpty() ? recent.head() : recent.batches().getFirst().firstSeq() - 1;
    if (before > log.head()) { // even the owner has it no more; viewers find a gap
      log.skipTo(before);
    }
    recent.batches().forEach(this::append);
  }

  private void received(Message<LogBatch> message) {
    LogBatch batch = message.body();
    if (ring == null || asking) {
      hold(batch);
    } else if (batch.firstSeq() <= ring.head() + 1) {
      append(batch);
      wake();
    } else {
      meters.count(Meter.BUS_HOLES);
      hold(batch);
      ask();
    }
  }

  private void hold(LogBatch batch) {
    if (heldBytes + batch.bytes() <= HELD_BYTES) {
      held.add(batch);
      heldBytes += batch.bytes();
    } // else: it is in the owner's ring, and the next batch will show that it is missing here
  }

  private void append(LogBatch batch) {
    BlockRing log = ring;
    if (log != null && batch.lastSeq() > log.head() && batch.firstSeq() <= log.head() + 1) {
      log.append(batch.slice(Math.max(batch.firstSeq(), log.head() + 1), batch.lastSeq()));
    }
  }

  private void wake() {
    for (Audience audience : audiences) {
      audience.wake();
    }
  }

  /** Lets go of what is too old. */
  void expire(long beforeMs) {
    if (ring != null && !shared) {
      ring.expire(beforeMs);
    }
  }
}
