package dev.flyline.stream;

import dev.flyline.feed.Since;
import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import dev.flyline.filter.LineFilter;
import dev.flyline.log.LogSubject;
import dev.flyline.web.ApiError;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for in the query and in {@code Last-Event-ID}.
 *
 * @param tail at most so many recent lines; negative for no bound
 * @param resumes whether {@code Last-Event-ID} says where to begin
 * @param complete whether the client has been sent all that it asks for
 */
record StreamRequest(
    Since since,
    int tail,
    boolean follow,
    boolean envelope,
    LineFilter filter,
    boolean resumes,
    boolean complete) {

  private static final int DEFAULT_TAIL = 100;
  private static final int MAX_NAMES = 100;

  /** Longer than any position, time or number. */
  private static final int MAX_WORD = 80;

  private static final Pattern AGE = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  /** A parameter that cannot be understood; the message says which and what it may be. */
  static final class BadParameter extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ApiError error;

    BadParameter(String message) {
      this(ApiError.badRequest(message));
    }

    BadParameter(ApiError error) {
      super(error.detail(), null, false, false);
      this.error = error;
    }

    /** What the client is told. */
    ApiError error() {
      return error;
    }
  }

  /** Reads the query; {@code nowMs} is what ages count back from. */
  static StreamRequest parse(HttpServerRequest request, long nowMs) throws BadParameter {
    MultiMap query = query(request);
    ResumeId resume = ResumeId.of(request, query);
    Since since = resume.isGiven() ? resume.since() : since(only(query, "since"), nowMs);
    boolean follow = flag(query, "follow", true);
    return new StreamRequest(
        since,
        resume.isGiven() ? -1 : tail(only(query, "tail"), since),
        follow,
        flag(query, "envelope", false),
        new LineFilter(names(query, "region"), names(query, "machine"), expression(query)),
        resume.isGiven(),
        resume.hasEnded() && !follow);
  }

  private static MultiMap query(HttpServerRequest request) throws BadParameter {
    try {
      return request.params();
    } catch (IllegalArgumentException e) {
      throw new BadParameter("the query is not well formed");
    }
  }

  private static @Nullable String only(MultiMap query, String name) throws BadParameter {
    List<String> values = query.getAll(name);
    if (values.size() > 1) {
      throw new BadParameter(name + ": must be given once");
    }
    if (!values.isEmpty() && values.getFirst().length() > MAX_WORD) {
      throw new BadParameter(name + ": must be at most " + MAX_WORD + " characters long");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  private static FilterExpression expression(MultiMap query) throws BadParameter {
    List<String> values = query.getAll("filter");
    if (values.size() > 1) {
      throw new BadParameter("filter: must be given once; join several with a space, or OR");
    }
    try {
      return values.isEmpty() ? FilterExpression.ALL : FilterExpression.parse(values.getFirst());
    } catch (FilterException e) {
      throw new BadParameter(ApiError.badFilter(e.detail(), e.position(), e.hint()));
    }
  }

  private static int tail(@Nullable String text, Since since) throws BadParameter {
    if (text == null) {
      return since instanceof Since.Latest ? DEFAULT_TAIL : -1;
    }
    if (!COUNT.matcher(text).matches()) {
      throw new BadParameter("tail: must be a number of lines, 0 or more");
    }
    return Integer.parseInt(text);
  }

  private static Since since(@Nullable String text, long nowMs) throws BadParameter {
    if (text == null) {
      return new Since.Latest();
    }
    if (text.equals("earliest")) {
      return new Since.Earliest();
    }
    Optional<EventId> position = EventId.parse(text);
    if (position.isPresent()) {
      return new Since.After(position.get().position());
    }
    Matcher age = AGE.matcher(text);
    if (age.matches()) {
      return new Since.Time(nowMs - age(age).toMillis());
    }
    try { // a plus sign in a query is a space to those who decode it
      return new Since.Time(
          OffsetDateTime.parse(text.replace(' ', '+')).toInstant().toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      throw new BadParameter(
          "since: must be a position, a time like 2026-11-20T12:00:00Z, an age like 15m, or"
              + " earliest");
    }
  }

  private static Duration age(Matcher age) {
    long count = Long.parseLong(age.group(1));
    return switch (age.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static boolean flag(MultiMap query, String name, boolean def) throws BadParameter {
    String text = only(query, name);
    return switch (text) {
      case null -> def;
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new BadParameter(name + ": must be true or 1, or false or 0");
    };
  }

  private static Set<String> names(MultiMap query, String name) throws BadParameter {
    List<String> lists = query.getAll(name);
    if (lists.isEmpty()) {
      return Set.of();
    }
    Set<String> names = new LinkedHashSet<>();
    int listed = 0;
    for (String values : lists) {
      for (String value : values.split(",", MAX_NAMES + 1)) {
        if (++listed > MAX_NAMES) {
          throw new BadParameter(name + ": must be at most " + MAX_NAMES + " names");
        }
        if (!LogSubject.isName(value)) {
          throw new BadParameter(name + ": must be names of letters and digits, comma separated");
        }
        names.add(value);
      }
    }
    return names;
  }
}
