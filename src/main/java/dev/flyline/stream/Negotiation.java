package dev.flyline.stream;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Chooses the transport by what the client offers and accepts. */
final class Negotiation {

  private static final String FRAMES = "flyline.v1";

  /** Changes nothing, and is there for browsers: they want an echo of what they have offered. */
  private static final String VERBATIM = "flyline.verbatim";

  private static final List<Transport> PREFERENCE =
      List.of(Transport.TEXT, Transport.SSE, Transport.NDJSON);

  private Negotiation() {}

  /**
   * Returns the transport that {@code request} asks for, or empty if there is none that it takes.
   */
  static Optional<Transport> transport(HttpServerRequest request, boolean envelope) {
    if (isWebSocket(request)) {
      boolean frames = subprotocol(request).filter(FRAMES::equals).isPresent();
      return Optional.of(frames ? Transport.FLYLINE : Transport.WEBSOCKET);
    }
    return accepted(request).map(chosen -> wrap(chosen, envelope));
  }

  static boolean isWebSocket(HttpServerRequest request) {
    return lists(request.headers().getAll(HttpHeaders.UPGRADE), "websocket"::equalsIgnoreCase);
  }

  private static Transport wrap(Transport chosen, boolean envelope) {
    return chosen == Transport.NDJSON && envelope ? Transport.ENVELOPE : chosen;
  }

  /** The first of our subprotocols that the client offers: it lists them as it prefers them. */
  static Optional<String> subprotocol(HttpServerRequest request) {
    return listed(request.headers().getAll("Sec-WebSocket-Protocol"))
        .filter(offered -> offered.equals(FRAMES) || offered.equals(VERBATIM))
        .findFirst();
  }

  /** The best by quality, then by how exactly it is named, then by our own preference. */
  private static Optional<Transport> accepted(HttpServerRequest request) {
    List<String> accepts = listed(request.headers().getAll(HttpHeaders.ACCEPT)).toList();
    if (accepts.isEmpty()) {
      return Optional.of(Transport.TEXT);
    }
    List<Range> ranges = accepts.stream().flatMap(text -> Range.parse(text).stream()).toList();
    Transport best = null;
    double bestRank = 0;
    for (Transport transport : PREFERENCE) {
      double rank = rank(ranges, transport);
      if (rank > bestRank) {
        best = transport;
        bestRank = rank;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The quality that the most exact range gives {@code transport}, and a little for exactness. */
  private static double rank(List<Range> ranges, Transport transport) {
    int exactness = 0;
    double quality = 0;
    for (Range range : ranges) {
      int match = range.exactness(transport);
      if (match > exactness) {
        exactness = match;
        quality = range.quality;
      }
    }
    return quality == 0 ? 0 : quality + exactness / 1e6;
  }

  private static boolean lists(List<String> values, Predicate<String> wanted) {
    for (String value : values) {
      for (String item : value.split(",", -1)) {
        if (wanted.test(item.strip())) {
          return true;
        }
      }
    }
    return false;
  }

  private static Stream<String> listed(List<String> values) {
    return values.stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  /** A media range of an Accept header (RFC 9110, section 12.5.1). */
  private record Range(String type, String subtype, double quality) {

    static Optional<Range> parse(String text) {
      String[] parts = text.toLowerCase(Locale.ROOT).split(";", -1);
      String[] type = parts[0].strip().split("/", -1);
      if (type.length != 2) {
        return Optional.empty();
      }
      double quality = 1;
      for (int i = 1; i < parts.length; i++) {
        String parameter = parts[i].strip();
        if (parameter.startsWith("q=")) {
          quality = quality(parameter.substring(2));
        }
      }
      return Optional.of(new Range(type[0], type[1], quality));
    }

    private static double quality(String text) {
      try {
        double quality = Double.parseDouble(text);
        return quality >= 0 && quality <= 1 ? quality : 0;
      } catch (NumberFormatException e) {
        return 0;
      }
    }

    /** 3 if the range names the transport's type, 2 or 1 if a wildcard does, else 0. */
    int exactness(Transport transport) {
      String full = transport.contentType();
      int end = full.indexOf(';');
      String[] wanted = (end < 0 ? full : full.substring(0, end)).split("/", -1);
      if (type.equals("*")) {
        return subtype.equals("*") ? 1 : 0;
      }
      if (!type.equals(wanted[0])) {
        return 0;
      }
      return subtype.equals(wanted[1]) ? 3 : subtype.equals("*") ? 2 : 0;
    }
  }
}
