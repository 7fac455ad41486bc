package dev.flyline.web;

import dev.flyline.log.AppName;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.OptionalInt;
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

  private static final ApiError ADDRESS_FULL =
      ApiError.tooMany(
          "too_many_viewers_per_address",
          "this address has too many streams open; close one first",
          RETRY_AFTER_SECONDS);

  private final int max;
  private final Counts<String> users;
  private final Counts<AppName> apps;
  private final Counts<String> addresses;
  private final Rate connects;
  private final Proxies proxies;
  private final AtomicInteger open = new AtomicInteger();

  public ViewerLimits(WebConfig config) {
    this(config, InstantSource.system());
  }

  ViewerLimits(WebConfig config, InstantSource clock) {
    this.max = config.maxViewers();
    this.users = new Counts<>(config.maxViewersPerUser());
    this.apps = new Counts<>(config.maxViewersPerApp());
    EdgeConfig edge = config.edge();
    this.proxies = edge.proxies();
    this.addresses = new Counts<>(orAny(edge.viewersPerAddress()));
    this.connects = new Rate(orAny(edge.connectsPerAddress()), clock);
  }

  private static int orAny(int max) {
    return max == 0 ? Integer.MAX_VALUE : max;
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

  /** Asks for a stream of {@code app} for {@code user}, whose client has sent {@code request}. */
  public Admission admit(String user, AppName app, HttpServerRequest request) {
    return admit(user, app, proxies.client(request).orElse(""));
  }

  /** Likewise for a client that is counted as {@code address}; empty for one that is not known. */
  Admission admit(String user, AppName app, String address) {
    boolean known = !address.isEmpty();
    if (known) {
      OptionalInt waitSeconds = connects.take(address);
      if (waitSeconds.isPresent()) {
        return new Refused(tooManyConnects(waitSeconds.getAsInt()));
      }
    }
    var place = new Place(user, app, address);
    if (open.incrementAndGet() > max) {
      return refused(place, 1, ROUTER_FULL);
    }
    if (!users.take(user)) {
      return refused(place, 1, USER_FULL);
    }
    if (!apps.take(app)) {
      return refused(place, 2, APP_FULL);
    }
    if (known && !addresses.take(address)) {
      return refused(place, 3, ADDRESS_FULL);
    }
    return new Permit(() -> giveBack(place, 4));
  }

  /** What a stream is counted under. */
  private record Place(String user, AppName app, String address) {}

  private Refused refused(Place place, int counts, ApiError error) {
    giveBack(place, counts);
    return new Refused(error);
  }

  /** Gives back the first {@code counts} of the four that were taken, in their order. */
  private void giveBack(Place place, int counts) {
    if (counts > 3 && !place.address().isEmpty()) {
      addresses.giveBack(place.address());
    }
    if (counts > 2) {
      apps.giveBack(place.app());
    }
    if (counts > 1) {
      users.giveBack(place.user());
    }
    open.decrementAndGet();
  }

  private static ApiError tooManyConnects(int waitSeconds) {
    return ApiError.tooMany(
        "too_many_connects_per_address",
        "too many streams were asked for from this address; wait a little",
        waitSeconds);
  }

  /** The open streams. */
  public int open() {
    return open.get();
  }

  /** How many names are remembered; none without an open stream. */
  int names() {
    return users.size() + apps.size() + addresses.size();
  }
}
