package dev.flyline.web;

import dev.flyline.log.AppName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the open streams of this router, and admits no more than the limits.
 *
 * <p>One object for all event loops. Each count is right by itself at any time; a stream that one
 * limit refuses has for a moment been counted by another, which can only refuse too much.
 */
public final class ViewerLimits {

  private static final int RETRY_AFTER_SECONDS = 10;

  private static final ApiError ROUTER_FULL =
      ApiError.tooMany(
          "too_many_viewers", "this router has no room for another stream", RETRY_AFTER_SECONDS);
  private static final ApiError USER_FULL =
      ApiError.tooMany(
          "too_many_viewers_per_user",
          "this user has too many streams open; close one first",
          RETRY_AFTER_SECONDS);
  private static final ApiError APP_FULL =
      ApiError.tooMany(
          "too_many_viewers_per_app",
          "this app has too many streams open; close one first",
          RETRY_AFTER_SECONDS);

  private final int max;
  private final Counts<String> users;
  private final Counts<AppName> apps;
  private final AtomicInteger open = new AtomicInteger();

  public ViewerLimits(WebConfig config) {
    this.max = config.maxViewers();
    this.users = new Counts<>(config.maxViewersPerUser());
    this.apps = new Counts<>(config.maxViewersPerApp());
  }

  /** What comes of asking for a stream. */
  public sealed interface Admission {}

  /** A limit is reached; the error says which. */
  public record Refused(ApiError error) implements Admission {}

  /** A place for one stream, to be given back when it ends. */
  public static final class Permit implements Admission {

    private final Runnable giveBack;
    private final AtomicBoolean released = new AtomicBoolean();

    private Permit(Runnable giveBack) {
      this.giveBack = giveBack;
    }

    /** Gives the place back; more than once is the same as once. */
    public void release() {
      if (released.compareAndSet(false, true)) {
        giveBack.run();
      }
    }
  }

  /** Asks for a stream of {@code app} for {@code user}. */
  public Admission admit(String user, AppName app) {
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      return new Refused(ROUTER_FULL);
    }
    if (!users.take(user)) {
      open.decrementAndGet();
      return new Refused(USER_FULL);
    }
    if (!apps.take(app)) {
      users.giveBack(user);
      open.decrementAndGet();
      return new Refused(APP_FULL);
    }
    return new Permit(
        () -> {
          apps.giveBack(app);
          users.giveBack(user);
          open.decrementAndGet();
        });
  }

  /** The open streams. */
  public int open() {
    return open.get();
  }

  /** How many names are remembered; none without an open stream. */
  int names() {
    return users.taken.size() + apps.taken.size();
  }

  /** Places per name. */
  private static final class Counts<K> {

    private final int max;
    private final Map<K, Integer> taken = new ConcurrentHashMap<>();

    Counts(int max) {
      this.max = max;
    }

    boolean take(K name) {
      var granted = new AtomicBoolean();
      taken.compute(
          name,
          (_, count) -> {
            int before = count == null ? 0 : count;
            granted.set(before < max);
            return granted.get() ? before + 1 : count;
          });
      return granted.get();
    }

    void giveBack(K name) {
      taken.computeIfPresent(name, (_, count) -> count > 1 ? count - 1 : null);
    }
  }
}
