package dev.flyline.lane;

import dev.flyline.log.AppName;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The event loops that a router's state is spread over, and which app is at home on which.
 *
 * <p>That goes by a hash with a key of this process's own, so that nobody can tell from its name
 * whose lane an app shares. Other routers need not agree: lanes are nobody else's business.
 */
public final class Lanes {

  private final List<Lane> all;
  private final SipHash hash = SipHash.random();
  private final IdentityHashMap<EventLoop, Lane> byLoop = new IdentityHashMap<>();

  /** Makes one lane for each of {@code count} event loops of {@code vertx}. */
  public Lanes(Vertx vertx, int count) {
    this.all =
        IntStream.range(0, count)
            .mapToObj(i -> new Lane(i, ((VertxInternal) vertx).createEventLoopContext()))
            .toList();
    all.forEach(lane -> byLoop.put(lane.loop(), lane));
  }

  /** Makes a context on one of {@code vertx}' event loops. */
  public static Context newContext(Vertx vertx) {
    return ((VertxInternal) vertx).createEventLoopContext();
  }

  /** The event loop of the calling code, which must run on one. */
  public static EventLoop currentLoop() {
    return ContextInternal.current().nettyEventLoop();
  }

  /** Every lane, by index. */
  public List<Lane> all() {
    return all;
  }

  /** The lane where {@code app} is at home. */
  public Lane home(AppName app) {
    return all.get((int) Long.remainderUnsigned(hash.of(app.value()), all.size()));
  }

  /** The lane of {@code loop}; throws {@link IllegalArgumentException} for a foreign one. */
  public Lane of(EventLoop loop) {
    Lane lane = byLoop.get(loop);
    if (lane == null) {
      throw new IllegalArgumentException("not one of this router's event loops");
    }
    return lane;
  }
}
