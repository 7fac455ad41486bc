package dev.flyline.auth;

import dev.flyline.auth.Refusal.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Checks public keys' signatures on threads of its own: one takes an event loop as long as hundreds
 * of lines do. One pool for the router.
 *
 * <p>The desk, a thread that does nothing expensive, owns the queue and the budgets and hands one
 * check at a time to each worker. A client can come by checks only as fast as its address gets its
 * turn, and failures only up to its budget.
 */
public final class SignaturePool implements AutoCloseable, SignatureCheck {

  /** Checks that wait, in all. */
  static final int MAX_WAITING = 1_024;

  /** Checks of one address that wait. */
  static final int MAX_WAITING_PER_ADDRESS = 32;

  /** Checks on their way to the desk; it takes each within microseconds. */
  private static final int MAX_ARRIVING = 4 * MAX_WAITING;

  private final ExecutorService desk;
  private final ExecutorService workers;
  private final AtomicInteger arriving = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger(); // the queue's size, for those who look

  // the desk's own
  private final FairQueue<Check> queue = new FairQueue<>(MAX_WAITING, MAX_WAITING_PER_ADDRESS);
  private final FailureBudgets budgets;
  private final Deque<Signatures> idle = new ArrayDeque<>(); // one for each worker without a check

  /** One signature to check, and who wants to know. */
  private record Check(
      String token,
      String address,
      boolean again,
      Context home,
      Promise<Optional<Reason>> promise) {

    void answer(@Nullable Reason flaw) {
      try {
        home.runOnContext(_ -> promise.complete(Optional.ofNullable(flaw)));
      } catch (RejectedExecutionException _) {
        // the router has stopped, and the client's connection with it
      }
    }
  }

  /** A pool of {@code threads} workers, which start when there is something to check. */
  SignaturePool(List<VerificationKey> keys, int failuresPerMinute, int threads) {
    this.budgets = new FailureBudgets(failuresPerMinute);
    for (int i = 0; i < threads && !keys.isEmpty(); i++) {
      idle.push(new Signatures(keys));
    }
    this.desk = executor(1, "flyline-tokens");
    this.workers = executor(threads, "flyline-signatures");
  }

  /** Its queue is bounded by what is handed to it; after its end it does nothing. */
  private static ExecutorService executor(int threads, String name) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform().name(name).daemon().factory(),
        new ThreadPoolExecutor.DiscardPolicy());
  }

  @Override
  public Future<Optional<Reason>> flaw(String token, String address, boolean again) {
    if (arriving.incrementAndGet() > MAX_ARRIVING) {
      arriving.decrementAndGet();
      return Future.succeededFuture(Optional.of(Reason.TOO_MANY_WAITING));
    }
    var home = Objects.requireNonNull(Vertx.currentContext(), "called outside of an event loop");
    var check = new Check(token, address, again, home, Promise.promise());
    desk.execute(() -> arrive(check));
    return check.promise.future();
  }

  /** How many checks wait; on any thread. */
  public int waiting() {
    return waiting.get();
  }

  private void arrive(Check check) {
    arriving.decrementAndGet();
    if (!budgets.take(check.address, System.nanoTime())) {
      check.answer(Reason.TOO_MANY_FAILURES);
      return;
    }
    var dropped = queue.offer(check.address, check);
    if (dropped != null) {
      budgets.giveBack(dropped.address, System.nanoTime());
      dropped.answer(Reason.TOO_MANY_WAITING);
    }
    dispatch();
  }

  private void dispatch() {
    while (!idle.isEmpty() && queue.size() > 0) {
      var next = queue.poll();
      if (next != null) {
        var signatures = idle.pop();
        workers.execute(() -> work(next, signatures));
      }
    }
    waiting.set(queue.size());
  }

  private void work(Check check, Signatures signatures) {
    boolean good = signatures.made(check.token);
    check.answer(good ? null : Reason.SIGNATURE);
    desk.execute(
        () -> {
          idle.push(signatures);
          if (good && !check.again) {
            budgets.giveBack(check.address, System.nanoTime());
          }
          dispatch();
        });
  }

  /** Ends the threads; what waits is never answered. */
  @Override
  public void close() {
    desk.shutdownNow();
    workers.shutdownNow();
  }
}
