package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a payload holds, each form tells it as the contract says and stays readable. */
@Timeout(300)
final class PayloadIT {

  private static final Pattern CUT = Pattern.compile(" \u2026\\[flyline: cut (\\d+) bytes]$");

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  @ParameterizedTest
  @EnumSource
  void hostilePayloads_areToldAndBreakNothing(Transport transport) {
    List<PayloadCorpus.Payload> corpus = PayloadCorpus.all();
    try (LogClient client = kit.router().live(app, transport)) {
      for (int n = 0; n < corpus.size(); n++) {
        kit.nats().send(Lines.subject(app, n), corpus.get(n).bytes());
        kit.nats().send(Lines.subject(app, n), bytes(Lines.payload(n)));
      }
      kit.nats().flush();
      for (int n = 0; n < corpus.size(); n++) {
        assertTold(transport, corpus.get(n), client.next());
        assertThat(client.next().message()).isEqualTo(Lines.message(n));
      }
      assertThat(client.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void longPayloads_areCutAndSaySo(Transport transport) {
    List<PayloadCorpus.Payload> corpus = PayloadCorpus.tooLong();
    try (LogClient client = kit.router().live(app, transport)) {
      for (int n = 0; n < corpus.size(); n++) {
        kit.nats().send(Lines.subject(app, n), corpus.get(n).bytes());
        kit.nats().send(Lines.subject(app, n), bytes(Lines.payload(n)));
      }
      kit.nats().flush();
      for (int n = 0; n < corpus.size(); n++) {
        assertCut(corpus.get(n).text(), told(transport, client.next()));
        assertThat(client.next().message()).isEqualTo(Lines.message(n));
      }
      assertThat(client.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE", "ENVELOPE"})
  void payload_thatLooksLikeTheRoutersWordIsALine(Transport transport) {
    String word = "{\"flyline\":{\"type\":\"bye\",\"code\":\"end\",\"reconnect\":false}}";
    String frame = "{\"type\":\"bye\",\"code\":\"end\",\"reconnect\":false}";
    try (LogClient client = kit.router().live(app, transport)) {
      kit.nats().publish(Lines.subject(app, 1), word);
      kit.nats().publish(Lines.subject(app, 2), frame);

      assertThat(client.next().payload()).isEqualTo(word);
      assertThat(client.next().payload()).isEqualTo(frame);
    }
  }

  /** Whether such a line is dropped or shown: the terminal gets no command ({@link LineSource}). */
  @Test
  void controlCharacters_inASubjectReachNoTerminal() {
    try (LogClient client = kit.router().live(app, Transport.TEXT)) {
      kit.nats().publish("logs." + app + ".f\7a.m\33[31m1", "hostile subject");
      kit.nats().publish(Lines.subject(app, 1), Lines.payload(1));

      String message = client.next().message();
      if (message.equals("hostile subject")) {
        message = client.next().message();
      }
      assertThat(message).isEqualTo(Lines.message(1));
    }
  }

  /** Whom a subject belongs to is never guessed. */
  @Test
  void subjects_ofAnotherShapeAreDropped() {
    try (LogClient client = kit.router().live(app, Transport.FLYLINE_V1)) {
      for (String rest : List.of(".ams", ".ams.m1.more", ".ams.m1.")) {
        kit.nats().publish("logs." + app + rest, "of another shape");
      }
      kit.nats().publish(Lines.subject(app, 1), Lines.payload(1));

      assertThat(client.next().message()).isEqualTo(Lines.message(1));
      assertThat(client.gaps()).isEmpty();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertTold(
      Transport transport, PayloadCorpus.Payload payload, Seen.Line line) {
    String text = payload.text();
    String expected =
        switch (transport) {
          case WEBSOCKET -> text;
          // white space around an object is not told from the frame's own
          case FLYLINE_V1 -> payload.isObject() ? text.strip() : text;
          case SSE -> text.replace("\r\n", "\n").replace('\r', '\n');
          // between the tokens of an object only: within its strings they would be escaped
          case NDJSON, ENVELOPE -> payload.isObject() ? onOneLine(text, transport) : text;
          case TEXT -> escaped(payload.isObject() ? Seen.Line.verbatim(text).message() : text);
        };
    assertThat(onceReplaced(told(transport, line)))
        .as("%s in %s", payload, transport)
        .isEqualTo(onceReplaced(expected));
  }

  /** What the line says; in text/plain the message alone. */
  private static String told(Transport transport, Seen.Line line) {
    return transport == Transport.TEXT ? escapesInLowerCase(line.message()) : line.payload();
  }

  /** How many U+FFFD stand for bytes that belong to no character is a matter of taste. */
  private static String onceReplaced(String text) {
    return text.replaceAll("\ufffd+", "\ufffd");
  }

  private static String onOneLine(String json, Transport transport) {
    String line = json.replace('\r', ' ').replace('\n', ' ');
    return transport == Transport.ENVELOPE ? line.strip() : line;
  }

  /** Those among the corpus; TextEncoderTest has more. */
  private static boolean isUnseen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c != '\t';
      case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }

  /** As text/plain must show it. */
  private static String escaped(String message) {
    var escaped = new StringBuilder();
    message
        .codePoints()
        .forEach(
            c -> {
              if (isUnseen(c)) {
                escaped.append(String.format(c > 0xff ? "\\u{%x}" : "\\x%02x", c));
              } else {
                escaped.appendCodePoint(isSurrogate(c) ? 0xfffd : c);
              }
            });
    return escaped.toString();
  }

  /** Half a pair, which UTF-8 cannot spell. */
  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static String escapesInLowerCase(String text) {
    return Pattern.compile("\\\\x[0-9A-F]{2}")
        .matcher(text)
        .replaceAll(escape -> Matcher.quoteReplacement(escape.group().toLowerCase(Locale.ROOT)));
  }

  private static void assertCut(String whole, String told) {
    Matcher cut = CUT.matcher(told);
    assertThat(cut.find())
        .as("the end of " + told.substring(Math.max(0, told.length() - 60)))
        .isTrue();
    String kept = told.substring(0, cut.start());
    assertThat(whole.startsWith(kept)).as("what was kept is the beginning").isTrue();
    assertThat(kept).doesNotContain("\ufffd");
    int keptBytes = bytes(kept).length;
    assertThat(keptBytes).isBetween(PayloadCorpus.LIMIT - 64, PayloadCorpus.LIMIT);
    assertThat(Integer.parseInt(cut.group(1))).isEqualTo(bytes(whole).length - keptBytes);
  }
}
