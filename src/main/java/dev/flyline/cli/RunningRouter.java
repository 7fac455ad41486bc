package dev.flyline.cli;

import dev.flyline.server.Router;
import dev.flyline.server.RouterConfig;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A router in this process, for a command's thread, which waits for it to start and to stop. */
final class RunningRouter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RunningRouter.class);

  private final CompletableFuture<Void> lost = new CompletableFuture<>();
  private final AtomicReference<Future<Router>> router; // the newest; another may take its place
  private final AtomicBoolean closing = new AtomicBoolean();

  private RunningRouter(Router first) {
    router = new AtomicReference<>(Future.succeededFuture(first));
    follow(first);
  }

  private void follow(Router current) {
    current.lost().onSuccess(_ -> lost.complete(null));
    current.replacement().onSuccess(next -> replace(current, next));
  }

  /** A router that cannot take the other one's place is a lost one. */
  private void replace(Router current, Supplier<Future<Router>> next) {
    if (closing.get()) {
      return;
    }
    router.set(
        current
            .stop()
            .compose(_ -> next.get())
            .onSuccess(this::follow)
            .onFailure(
                cause -> {
                  log.error("the router that has joined could not start", cause);
                  lost.complete(null);
                }));
  }

  private Router current() {
    return await("is gone", router.get());
  }

  /** Starts a router; throws a {@link CommandFailure} that says why if it cannot. */
  static RunningRouter start(RouterConfig config) {
    return new RunningRouter(await("cannot start", Router.start(config)));
  }

  /**
   * Likewise, unless {@code asked} is counted down first: a router may wait long for its cluster.
   * Then there is none, and the process may end.
   */
  static Optional<RunningRouter> startUnless(CountDownLatch asked, RouterConfig config) {
    CompletableFuture<Router> started =
        Router.start(config).toCompletionStage().toCompletableFuture();
    Thread.ofVirtual().start(() -> cancelWhen(asked, started));
    try {
      return Optional.of(new RunningRouter(await("cannot start", started)));
    } catch (CancellationException _) {
      return Optional.empty();
    }
  }

  private static void cancelWhen(CountDownLatch asked, CompletableFuture<Router> started) {
    try {
      asked.await();
      started.cancel(false); // nothing happens if it has started
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  int httpPort() {
    return current().httpPort();
  }

  int opsPort() {
    return current().opsPort();
  }

  /** Runs {@code action}, on some thread, if the router loses its cluster. */
  void onLost(Runnable action) {
    var _ = lost.thenRun(action);
  }

  /** Whether the router has lost its cluster. */
  boolean isLost() {
    return lost.isDone();
  }

  /** Stops the router as {@link Router#stop} does, and waits for that. */
  @Override
  public void close() {
    closing.set(true);
    Future<Router> last = router.get();
    await("did not stop cleanly", last.transform(up -> stop(up.result())));
  }

  private static Future<Void> stop(@Nullable Router started) {
    return started == null ? Future.succeededFuture() : started.stop();
  }

  private static <T> T await(String problem, Future<T> future) {
    return await(problem, future.toCompletionStage().toCompletableFuture());
  }

  private static <T> T await(String problem, CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CommandFailure("the router " + problem + ": " + cause.getMessage(), cause);
    }
  }
}
