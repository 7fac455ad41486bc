package dev.flyline.it;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A nats-server and a router that reads from it, for all tests of a class. */
final class RouterKit implements BeforeAllCallback, AfterAllCallback {

  private final Map<String, String> settings;
  private @Nullable TestNats nats;
  private @Nullable TestRouter router;

  RouterKit() {
    this(Map.of());
  }

  /** With these settings, by their dotted names, over the tests' own. */
  RouterKit(Map<String, String> settings) {
    this.settings = settings;
  }

  TestNats nats() {
    return Objects.requireNonNull(nats, "before the tests of the class");
  }

  TestRouter router() {
    return Objects.requireNonNull(router, "before the tests of the class");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    nats = TestNats.start();
    router = TestRouter.start(nats, settings);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (router != null) {
      router.close();
    }
    if (nats != null) {
      nats.close();
    }
  }
}
