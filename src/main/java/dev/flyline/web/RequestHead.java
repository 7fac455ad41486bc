package dev.flyline.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures a request's head before anything is made of it, and refuses what two readers of HTTP
 * could understand differently (RFC 9112).
 *
 * <p>The decoder behind it is lenient: it takes bare line feeds, folded fields, a second {@code
 * Host}, and drops the {@code Content-Length} beside a {@code Transfer-Encoding}. A proxy that
 * reads such a head otherwise would see other requests than we do. So each of these is refused
 * here.
 *
 * <p>One object reads all heads of a connection, one after the other.
 */
final class RequestHead {

  /** All of a head, with room for a token of 16 KiB. */
  static final int MAX_BYTES = 24 * 1024;

  static final int MAX_FIELDS = 100;

  private static final int MAX_LINE_BYTES = 8 * 1024;

  /** No resource takes a body that is longer. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  private static final int INCOMPLETE = -1;
  private static final long NO_LENGTH = -1;
  private static final int MAX_LENGTH_DIGITS = 18;
  private static final String TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~";
  private static final String HOST_CHARACTERS = ".-_:[]%~";

  private static final ApiError MALFORMED = ApiError.badRequest("the request is not well formed");
  private static final ApiError LINE_TOO_LONG =
      new ApiError(414, "uri_too_long", "the address is too long");
  private static final ApiError TOO_LARGE =
      new ApiError(431, "headers_too_large", "the request's headers are too large");
  private static final ApiError BODY_TOO_LARGE =
      new ApiError(413, "body_too_large", "the request's body is too large");
  private static final ApiError VERSION =
      new ApiError(505, "http_version_not_supported", "HTTP/1.1 and HTTP/1.0 are spoken here");

  /** The codes of all refusals. */
  static final List<String> REFUSALS =
      Stream.of(MALFORMED, LINE_TOO_LONG, TOO_LARGE, BODY_TOO_LARGE, VERSION)
          .map(ApiError::code)
          .toList();

  private int lineStart; // offsets count from the head's first byte
  private int searched;
  private int fields;
  private boolean begun; // the request line has been read
  private boolean old; // HTTP/1.0
  private String method = "";
  private int targetStart;
  private int targetEnd;
  private int hosts;
  private String host = "";
  private long length = NO_LENGTH;
  private boolean chunked;
  private @Nullable ApiError flaw; // set when the head is refused

  /** Forgets the last head; the next byte begins another one. */
  void reset() {
    lineStart = 0;
    searched = 0;
    fields = 0;
    begun = false;
    old = false;
    hosts = 0;
    length = NO_LENGTH;
    chunked = false;
  }

  /** Why the head is refused; empty if it is good so far. */
  Optional<ApiError> flaw() {
    return Optional.ofNullable(flaw);
  }

  /** The body's bytes as the head announces them; 0 for none and for a chunked one. */
  long bodyBytes() {
    return Math.max(0, length);
  }

  /** Whether the body comes in chunks. */
  boolean isChunked() {
    return chunked;
  }

  /**
   * Reads on in {@code bytes}, whose readable bytes begin with the head's first. Returns the head's
   * length when it is whole, else -1; then {@link #flaw} may be there.
   */
  int read(ByteBuf bytes) {
    int begin = bytes.readerIndex();
    int available = Math.min(bytes.readableBytes(), MAX_BYTES);
    while (searched < available) {
      int lf = bytes.forEachByte(begin + searched, available - searched, ByteProcessor.FIND_LF);
      if (lf < 0) {
        searched = available;
        break;
      }
      int next = lf - begin + 1;
      boolean last = line(bytes, begin, next);
      if (flaw != null) {
        return INCOMPLETE;
      }
      lineStart = next;
      searched = next;
      if (last) {
        judge(bytes, begin);
        return flaw == null ? next : INCOMPLETE;
      }
    }
    if (!begun && available - lineStart > MAX_LINE_BYTES) {
      flaw = LINE_TOO_LONG;
    } else if (available == MAX_BYTES) {
      flaw = TOO_LARGE;
    }
    return INCOMPLETE;
  }

  /** Reads the line that ends before {@code next}; returns whether it ends the head. */
  private boolean line(ByteBuf bytes, int begin, int next) {
    int start = begin + lineStart;
    int end = begin + next - 2; // without CR LF
    if (end < start || bytes.getByte(end) != '\r' || hasControl(bytes, start, end)) {
      flaw = MALFORMED;
    } else if (!begun) {
      if (end > start) { // empty lines before a request are passed over
        requestLine(bytes, begin, start, end);
      }
    } else if (end == start) {
      return true;
    } else if (++fields > MAX_FIELDS) {
      flaw = TOO_LARGE;
    } else {
      field(bytes, start, end);
    }
    return false;
  }

  /** NUL and a bare CR above all. */
  private static boolean hasControl(ByteBuf bytes, int start, int end) {
    return bytes.forEachByte(start, end - start, b -> b < 0 || (b >= ' ' && b != 0x7f) || b == '\t')
        >= 0;
  }

  private void requestLine(ByteBuf bytes, int begin, int start, int end) {
    begun = true;
    if (end - start > MAX_LINE_BYTES) {
      flaw = LINE_TOO_LONG;
      return;
    }
    String line = bytes.toString(start, end - start, US_ASCII);
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    if (first < 1
        || last <= first + 1
        || line.indexOf(' ', first + 1) != last
        || line.indexOf('\t') >= 0
        || !isToken(line.substring(0, first))) {
      flaw = MALFORMED;
      return;
    }
    method = line.substring(0, first);
    targetStart = start - begin + first + 1;
    targetEnd = start - begin + last;
    version(line.substring(last + 1));
  }

  private void version(String version) {
    switch (version) {
      case "HTTP/1.1" -> old = false;
      case "HTTP/1.0" -> old = true;
      default -> flaw = version.matches("HTTP/\\d\\.\\d") ? VERSION : MALFORMED;
    }
  }

  private void field(ByteBuf bytes, int start, int end) {
    int colon = bytes.indexOf(start, end, (byte) ':');
    if (colon <= start) { // also what continues a line before it, since that begins with a blank
      flaw = MALFORMED;
      return;
    }
    String name = bytes.toString(start, colon - start, US_ASCII).toLowerCase(Locale.ROOT);
    if (!isToken(name)) {
      flaw = MALFORMED;
      return;
    }
    switch (name) {
      case "host" -> host(value(bytes, colon, end));
      case "content-length" -> length(value(bytes, colon, end));
      case "transfer-encoding" -> encoding(value(bytes, colon, end));
      default -> {}
    }
  }

  private static String value(ByteBuf bytes, int colon, int end) {
    return bytes.toString(colon + 1, end - colon - 1, US_ASCII).strip();
  }

  private void host(String value) {
    host = value;
    if (++hosts > 1 || !isOf(value, HOST_CHARACTERS)) {
      flaw = MALFORMED;
    }
  }

  private void length(String value) {
    boolean isNumber =
        !value.isEmpty()
            && value.length() <= MAX_LENGTH_DIGITS
            && value.chars().allMatch(c -> c >= '0' && c <= '9');
    if (length != NO_LENGTH || !isNumber) {
      flaw = MALFORMED;
    } else {
      length = Long.parseLong(value);
    }
  }

  /** Where the body ends is sure only of this one coding. */
  private void encoding(String value) {
    if (chunked || !value.equalsIgnoreCase("chunked")) {
      flaw = MALFORMED;
    }
    chunked = true;
  }

  /** What only the whole head shows. */
  private void judge(ByteBuf bytes, int begin) {
    boolean ambiguous = chunked && (old || length != NO_LENGTH);
    boolean nameless = !old && hosts == 0;
    if (ambiguous || nameless || !isTarget(bytes, begin)) {
      flaw = MALFORMED;
    } else if (length > MAX_BODY_BYTES) {
      flaw = BODY_TOO_LARGE;
    }
  }

  /** The forms of RFC 9112, section 3.2; one with an authority must name the host of the field. */
  private boolean isTarget(ByteBuf bytes, int begin) {
    if (bytes.getByte(begin + targetStart) == '/') {
      return true;
    }
    String target = bytes.toString(begin + targetStart, targetEnd - targetStart, US_ASCII);
    if (method.equals("CONNECT")) {
      return target.equalsIgnoreCase(host);
    }
    if (target.equals("*")) {
      return method.equals("OPTIONS");
    }
    String lower = target.toLowerCase(Locale.ROOT);
    for (String scheme : new String[] {"http://", "https://"}) {
      if (lower.startsWith(scheme)) {
        String rest = lower.substring(scheme.length());
        String authority = rest.split("[/?#]", 2)[0];
        return !authority.isEmpty() && authority.equalsIgnoreCase(host);
      }
    }
    return false;
  }

  private static boolean isToken(String text) {
    return !text.isEmpty() && isOf(text, TOKEN_CHARACTERS);
  }

  private static boolean isOf(String text, String others) {
    return text.chars()
        .allMatch(
            c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || others.indexOf(c) >= 0);
  }
}
