package dev.flyline.it;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The status and headers of an HTTP answer.
 *
 * @param headers by lower-case name
 */
record HttpHead(int status, Map<String, List<String>> headers) {

  HttpHead {
    headers = Map.copyOf(headers);
  }

  /** Reads a head; what follows it stays unread. */
  static HttpHead read(ByteReader wire, Deadline deadline) throws IOException {
    String statusLine = line(wire, deadline);
    if (!statusLine.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
      throw new IOException("not a status line: " + statusLine);
    }
    var headers = new TreeMap<String, List<String>>();
    for (String line = line(wire, deadline); !line.isEmpty(); line = line(wire, deadline)) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("not a header: " + line);
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return new HttpHead(Integer.parseInt(statusLine.substring(9, 12)), headers);
  }

  private static String line(ByteReader wire, Deadline deadline) throws IOException {
    byte[] line =
        wire.line(deadline).orElseThrow(() -> new EOFException("closed without an answer"));
    return new String(line, StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /** The only value of a header; fails if there are several. */
  Optional<String> header(String name) {
    List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    if (values.size() > 1) {
      throw new AssertionError("several " + name + ": " + values);
    }
    return values.stream().findFirst();
  }

  boolean chunked() {
    return header("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent();
  }

  int contentLength() {
    return Integer.parseInt(header("content-length").orElse("0"));
  }
}
