package dev.flyline.web;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses streams to pages of origins that are not allowed, counts that, and tells the operator.
 *
 * <p>A proxy that rewrites {@code Host} makes the router's own page a stranger, and nothing but the
 * router's log can show its operator why. Each origin is logged once. One object for all event
 * loops; its state is atomic.
 */
public final class OriginGate {

  /**
   * Where the page repeats its origin in a plain request: the browser sends {@code Origin} with a
   * WebSocket, but not with a GET of the same origin, which asks why the WebSocket was refused.
   */
  static final String PAGE_ORIGIN = "Flyline-Origin";

  private static final Logger LOG = LoggerFactory.getLogger(OriginGate.class);

  private static final long LOG_INTERVAL_NS = 10_000_000_000L;
  private static final int MAX_LOGGED = 100;
  private static final int MAX_LOGGED_CHARS = 100;

  private final Origins origins;
  private final Meters meters;
  private final LongSupplier nowNs;
  private final Consumer<String> log;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextLogNs;

  public OriginGate(Origins origins, Meters meters) {
    this(origins, meters, System::nanoTime, LOG::warn);
  }

  OriginGate(Origins origins, Meters meters, LongSupplier nowNs, Consumer<String> log) {
    this.origins = origins;
    this.meters = meters;
    this.nowNs = nowNs;
    this.log = log;
    this.nextLogNs = new AtomicLong(nowNs.getAsLong());
  }

  /**
   * Whether the page that asks may have a stream by a WebSocket.
   *
   * @param isWebSocket whether it asks for one now, or only why it was refused one
   */
  public boolean admits(HttpServerRequest request, boolean isWebSocket) {
    CharSequence header = isWebSocket ? HttpHeaders.ORIGIN : PAGE_ORIGIN;
    if (origins.allows(request, header)) {
      return true;
    }
    if (isWebSocket) {
      meters.count(Meter.ORIGINS_REFUSED);
      tell(
          shown(request.getHeader(header)), shown("http://" + request.getHeader(HttpHeaders.HOST)));
    }
    return false;
  }

  /** Logs an origin that was not logged before, if there is room, and not more often than that. */
  private void tell(String origin, String host) {
    long now = nowNs.getAsLong();
    long next = nextLogNs.get();
    boolean isDue = now - next >= 0 && logged.size() < MAX_LOGGED && !logged.contains(origin);
    if (isDue && nextLogNs.compareAndSet(next, now + LOG_INTERVAL_NS)) {
      logged.add(origin);
      log.accept(
          ("refused a stream to a page of %s, which asked this router as %s; if that page may read"
                  + " logs, let the proxy pass Host on unchanged, or add the origin to"
                  + " FLYLINE_CORS_ORIGINS")
              .formatted(origin, host.replaceFirst("^http://", "")));
    }
  }

  /** An origin as a log may hold it: only what is spelled as one. */
  private static String shown(@Nullable String origin) {
    return Origins.normalize(String.valueOf(origin))
        .filter(text -> text.length() <= MAX_LOGGED_CHARS)
        .orElse("(no valid origin)");
  }
}
