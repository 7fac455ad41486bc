package dev.flyline.stream;

import dev.flyline.feed.Since;
import dev.flyline.stream.StreamRequest.BadParameter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The id of the last event that a client has seen: the header {@code Last-Event-ID} or, of a
 * library that cannot set it, a query parameter.
 *
 * <p>Libraries agree on the words and on nothing else: {@code lastEventId} (Yaffle's polyfill,
 * better-sse), {@code lastEventID} and {@code Last-Event-ID} (Mercure), {@code evs_last_event_id}
 * (amvtek's polyfill). All spellings of these words are taken. A parameter that means a position
 * and is none of them is refused: passed over, it would lose lines without a word.
 *
 * @param text the id; empty for none
 */
record ResumeId(String text) {

  private static final String HEADER = "Last-Event-ID";
  private static final String WORDS = "lasteventid";
  private static final Set<String> NAMES = Set.of(WORDS, "evs" + WORDS);

  /** What the parameters may be called that are something else; their values are their own. */
  private static final Set<String> OTHERS =
      Set.of(
          "app",
          "before",
          "envelope",
          "filter",
          "follow",
          "machine",
          "region",
          "since",
          "tail",
          "ticket",
          "until");

  /** What others call a position. */
  private static final Set<String> POSITIONS =
      Set.of("after", "cursor", "from", "lastid", "offset", "position", "resume");

  /** Finds the id in {@code request}; the header wins over {@code query}. */
  static ResumeId of(HttpServerRequest request, MultiMap query) throws BadParameter {
    Set<String> given = new HashSet<>();
    for (var parameter : query) {
      String name = letters(parameter.getKey());
      if (NAMES.contains(name)) {
        given.add(parameter.getValue());
      } else if (!OTHERS.contains(parameter.getKey()) && isPosition(name, parameter.getValue())) {
        throw new BadParameter(
            "an unknown parameter looks like a position; positions are given as since= or"
                + " lastEventId=");
      }
    }
    given.remove("");
    String header = request.getHeader(HEADER);
    if (header != null && !header.isEmpty()) {
      return new ResumeId(header);
    }
    if (given.size() > 1) {
      throw new BadParameter("lastEventId: must be given once");
    }
    return new ResumeId(given.stream().findFirst().orElse(""));
  }

  private static String letters(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static boolean isPosition(String letters, String value) {
    return EventId.parse(value).isPresent()
        || letters.contains("eventid")
        || POSITIONS.contains(letters);
  }

  boolean isGiven() {
    return !text.isEmpty();
  }

  /** Where to go on; an id that no router ever gave is one of an unknown epoch. */
  Since since() {
    return EventId.parse(text)
        .<Since>map(id -> new Since.After(id.position()))
        .orElseGet(Since.Lost::new);
  }

  /** Whether the id is of the end of a stream. */
  boolean hasEnded() {
    return EventId.parse(text).filter(EventId::ended).isPresent();
  }
}
