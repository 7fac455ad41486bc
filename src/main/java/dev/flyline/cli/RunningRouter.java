package dev.flyline.cli;

import dev.flyline.server.Router;
import dev.flyline.server.RouterConfig;
import io.vertx.core.Future;
import java.util.concurrent.CompletionException;

/** A router in this process, for a command's thread, which waits for it to start and to stop. */
final class RunningRouter implements AutoCloseable {

  private final Router router;

  private RunningRouter(Router router) {
    this.router = router;
  }

  /** Starts a router; throws a {@link CommandFailure} that says why if it cannot. */
  static RunningRouter start(RouterConfig config) {
    return new RunningRouter(await("cannot start", Router.start(config)));
  }

  int httpPort() {
    return router.httpPort();
  }

  int opsPort() {
    return router.opsPort();
  }

  /** Runs {@code action}, on some thread, if the router loses its cluster. */
  void onLost(Runnable action) {
    router.lost().onSuccess(_ -> action.run());
  }

  /** Whether the router has lost its cluster. */
  boolean isLost() {
    return router.lost().isComplete();
  }

  /** Stops the router as {@link Router#stop} does, and waits for that. */
  @Override
  public void close() {
    await("did not stop cleanly", router.stop());
  }

  private static <T> T await(String problem, Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CommandFailure("the router " + problem + ": " + cause.getMessage(), cause);
    }
  }
}
