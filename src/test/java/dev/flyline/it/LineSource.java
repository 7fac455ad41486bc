package dev.flyline.it;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms with one line of text per log line: NDJSON, its envelope, and text/plain. */
final class LineSource implements SeenSource {

  private static final Pattern SAID = Pattern.compile("-- (.+) --");
  private static final Pattern GAP = Pattern.compile("gap (?:(\\d+) )?\\((\\w+)\\)");

  private final ByteReader body;
  private final Transport form;

  LineSource(ByteReader body, Transport form) {
    this.body = body;
    this.form = form;
  }

  @Override
  public List<Seen> read(Deadline deadline) throws IOException {
    Optional<byte[]> line = body.line(deadline);
    if (line.isEmpty()) {
      return List.of(new Seen.End(Seen.End.COMPLETE));
    }
    String text = Utf8.strict(line.get());
    return switch (form) {
      case ENVELOPE -> Frames.parse(text);
      case NDJSON -> ndjson(text);
      case TEXT -> List.of(plain(text));
      default -> throw new IllegalStateException(form.toString());
    };
  }

  private static List<Seen> ndjson(String line) throws IOException {
    if (line.startsWith(FlylineMessage.START)) {
      return FlylineMessage.parse(line);
    }
    try (var parser = Frames.JSON.createParser(line)) {
      JsonToken first = parser.nextToken();
      String payload = line;
      if (first == JsonToken.VALUE_STRING) {
        payload = parser.getText();
      } else if (first == JsonToken.START_OBJECT) {
        parser.skipChildren();
      } else {
        throw new ProtocolException("neither an object nor a string: " + line);
      }
      if (parser.nextToken() != null) {
        throw new ProtocolException("more than one value: " + line);
      }
      return List.of(Seen.Line.verbatim(payload));
    }
  }

  private static Seen plain(String line) {
    if (line.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f)) {
      throw new AssertionError("a control character in text/plain: " + line);
    }
    Matcher said = SAID.matcher(line);
    if (!said.matches()) {
      return new Seen.Line(Optional.empty(), line, Optional.of(Seen.Plain.parse(line)));
    }
    Matcher gap = GAP.matcher(said.group(1));
    if (!gap.matches()) {
      return new Seen.Bye(said.group(1), false, OptionalLong.empty());
    }
    OptionalLong count =
        gap.start(1) < 0 ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(gap.group(1)));
    return new Seen.Hole(Optional.empty(), count, gap.group(2));
  }
}
