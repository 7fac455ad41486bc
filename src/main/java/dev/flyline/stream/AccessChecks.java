package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.Verdict;
import dev.flyline.log.AppName;
import dev.flyline.web.ApiError;
import dev.flyline.web.Credentials;
import dev.flyline.web.Health;
import dev.flyline.web.OriginGate;
import dev.flyline.web.ViewerLimits;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a client may see an app's log. The token may have to wait for its verdict; all
 * other checks are done at once, in the order of one list. Belongs to one event loop.
 */
final class AccessChecks {

  private final Credentials credentials;
  private final OriginGate origins;
  private final HistoryBudget history;
  private final ViewerLimits limits;
  private final Health health;
  private final InstantSource clock;

  /** Their order is part of the contract: the first that ends the matter is what a client hears. */
  private final List<Check> order =
      List.of(
          this::token,
          this::name,
          this::grant,
          this::origin,
          this::query,
          this::form,
          this::upgrade,
          this::history,
          this::limits,
          this::stopping);

  AccessChecks(
      Credentials credentials,
      OriginGate origins,
      HistoryBudget history,
      ViewerLimits limits,
      Health health,
      InstantSource clock) {
    this.credentials = credentials;
    this.origins = origins;
    this.history = history;
    this.limits = limits;
    this.health = health;
    this.clock = clock;
  }

  /** What is decided of a request. */
  sealed interface Decision {}

  /** The client is told why not. */
  record Refused(ApiError error) implements Decision {}

  /** The router stops, and the client would take a refusal for the last word. */
  record Leaving() implements Decision {}

  /** The client may see the log; {@code permit} is to be given back when it does no more. */
  record Admitted(
      AppName app,
      Grant grant,
      StreamRequest wanted,
      Transport transport,
      ViewerLimits.Permit permit)
      implements Decision {}

  /** Looks at one thing, and notes what the checks after it need; empty to let these go on. */
  @FunctionalInterface
  private interface Check {
    Optional<Decision> look(Candidate candidate);
  }

  /** A request as far as it has been looked at: each part is set by the check of its name. */
  private static final class Candidate {
    final HttpServerRequest request;
    final Verdict verdict;
    private @Nullable Grant grant; // by token
    private @Nullable AppName app; // by name
    private @Nullable StreamRequest wanted; // by query
    private @Nullable Transport transport; // by form
    private ViewerLimits.@Nullable Permit permit; // by limits

    Candidate(HttpServerRequest request, Verdict verdict) {
      this.request = request;
      this.verdict = verdict;
    }

    Grant grant() {
      return Objects.requireNonNull(grant);
    }

    AppName app() {
      return Objects.requireNonNull(app);
    }

    StreamRequest wanted() {
      return Objects.requireNonNull(wanted);
    }

    Transport transport() {
      return Objects.requireNonNull(transport);
    }

    ViewerLimits.Permit permit() {
      return Objects.requireNonNull(permit);
    }
  }

  /**
   * Decides about {@code request}; nobody hears of it if the client is gone by then. As {@link
   * Credentials#judge} says, the request may be paused.
   */
  void decide(HttpServerRequest request, Consumer<Decision> then) {
    credentials.judge(request, verdict -> then.accept(decide(new Candidate(request, verdict))));
  }

  private Decision decide(Candidate candidate) {
    for (Check check : order) {
      Optional<Decision> end = check.look(candidate);
      if (end.isPresent()) {
        return end.get();
      }
    }
    return new Admitted(
        candidate.app(),
        candidate.grant(),
        candidate.wanted(),
        candidate.transport(),
        candidate.permit());
  }

  private static Optional<Decision> refused(ApiError error) {
    return Optional.of(new Refused(error));
  }

  // ---- the checks, in their order ----

  private Optional<Decision> token(Candidate candidate) {
    return switch (candidate.verdict) {
      case Grant grant -> {
        candidate.grant = grant;
        yield Optional.empty();
      }
      case Refusal refusal -> refused(Credentials.error(refusal));
    };
  }

  private Optional<Decision> name(Candidate candidate) {
    Optional<AppName> named = RequestedApp.of(candidate.request, candidate.grant());
    candidate.app = named.orElse(null);
    return named.isPresent()
        ? Optional.empty()
        : refused(ApiError.badRequest(RequestedApp.missing(candidate.request, candidate.grant())));
  }

  private Optional<Decision> grant(Candidate candidate) {
    return candidate.grant().allows(candidate.app())
        ? Optional.empty()
        : refused(ApiError.forbidden());
  }

  private Optional<Decision> origin(Candidate candidate) {
    return origins.admits(candidate.request, Negotiation.isWebSocket(candidate.request))
        ? Optional.empty()
        : refused(ApiError.originNotAllowed());
  }

  private Optional<Decision> query(Candidate candidate) {
    try {
      candidate.wanted = StreamRequest.parse(candidate.request, clock.millis());
      return Optional.empty();
    } catch (StreamRequest.BadParameter e) {
      return refused(e.error());
    }
  }

  private Optional<Decision> form(Candidate candidate) {
    Optional<Transport> transport =
        Negotiation.transport(candidate.request, candidate.wanted().envelope());
    candidate.transport = transport.orElse(null);
    return transport.isPresent()
        ? Optional.empty()
        : refused(
            ApiError.notAcceptable(
                "Accept must allow text/plain, text/event-stream or application/x-ndjson"));
  }

  private Optional<Decision> upgrade(Candidate candidate) {
    return candidate.transport().isWebSocket()
        ? Upgrade.flaw(candidate.request).map(Refused::new)
        : Optional.empty();
  }

  private Optional<Decision> history(Candidate candidate) {
    return history.refusal(candidate.grant().user()).map(Refused::new);
  }

  private Optional<Decision> limits(Candidate candidate) {
    String user = candidate.grant().user();
    return switch (limits.admit(user, candidate.app(), candidate.request)) {
      case ViewerLimits.Refused(ApiError error) -> refused(error);
      case ViewerLimits.Permit permit -> {
        candidate.permit = permit;
        yield Optional.empty();
      }
    };
  }

  private Optional<Decision> stopping(Candidate candidate) {
    if (!health.refusing()) {
      return Optional.empty();
    }
    candidate.permit().release();
    return candidate.transport() == Transport.SSE
        ? Optional.of(new Leaving())
        : refused(ApiError.draining());
  }
}
