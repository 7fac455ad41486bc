package dev.flyline.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * The router processes of a test class: none outlives it, and a failure tells the end of each log.
 */
final class Routers
    implements AfterAllCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {

  private static final Path LOGS = Path.of("target", "router-logs");

  private final Path folder;
  private final Queue<RouterProcess> started = new ConcurrentLinkedQueue<>();

  /** The routers log to files in a folder of this name below target/. */
  Routers(String name) {
    folder = LOGS.resolve(name);
  }

  /** Starts a router, which is ready somewhat later. */
  RouterProcess start(Site site, Map<String, String> settings) {
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve(site.name() + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var router = new RouterProcess(site, settings, folder);
    started.add(router);
    return router;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    started.forEach(RouterProcess::kill9);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLogs(failure);
  }

  private Throwable withLogs(Throwable failure) {
    if (failure instanceof TestAbortedException) {
      return failure; // the test cannot run here, which is no fault of routers
    }
    var message = new StringBuilder(String.valueOf(failure.getMessage()));
    for (RouterProcess router : started) {
      message.append("\n--- ").append(router.site().name());
      message.append(router.isAlive() ? " (runs)\n" : " (ended)\n").append(router.logTail());
    }
    return new AssertionError(message.toString(), failure);
  }
}
