package dev.flyline.ingest;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lines that the NATS client has read together: whoever takes them is told when all of them stand
 * in the queues, since to be told costs more than all that is done with a line.
 *
 * <p>{@link #arrived} is called on the client's dispatcher thread, which takes what the reader
 * hands on; the others on the reader's.
 */
final class Bundle implements PacedPort.Readers {

  /** Lines that are put into queues at most before anybody is told. */
  private static final int TOGETHER = 64;

  /** How long the dispatcher waits at most for the reader to hand on what it has read. */
  private static final long HANDING_ON_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Runnable brought;
  private int untold; // lines since whoever takes them was told; belongs to the dispatcher
  private volatile boolean handedOn; // whether the reader waits for more
  private volatile @Nullable Thread waiting; // the dispatcher, until the reader has handed on

  /** Calls {@code brought}, on either thread, when lines stand in the queues. */
  Bundle(Runnable brought) {
    this.brought = brought;
  }

  /**
   * A line has been put into its queue.
   *
   * @param behind how many more are with the dispatcher. The client counts a message only after it
   *     has handed it on, so here it may be below 0.
   */
  void arrived(long behind) {
    if (behind <= 0 && !handedOn) {
      awaitMore();
    } else if (behind <= 0 || ++untold >= TOGETHER) {
      untold = 0;
      brought.run();
    }
  }

  /**
   * Waits until the reader has handed on what it has read, as it does without waiting for anything:
   * to be woken by it for every second message or so would cost both of them more than the rest.
   */
  private void awaitMore() {
    waiting = Thread.currentThread();
    if (!handedOn) {
      LockSupport.parkNanos(HANDING_ON_NS); // or less, which is no harm
    }
    waiting = null;
  }

  /** Whatever the dispatcher puts into queues from here on, it tells of itself. */
  @Override
  public void handedOn() {
    handedOn = true; // before looking
    LockSupport.unpark(waiting);
    brought.run();
  }

  @Override
  public void reads() {
    handedOn = false;
  }
}
