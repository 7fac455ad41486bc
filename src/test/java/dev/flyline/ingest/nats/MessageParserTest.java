package dev.flyline.ingest.nats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server sends comes in pieces of any size. */
final class MessageParserTest {

  private static final int SEEDS = 300;

  private final List<String> messages = new ArrayList<>();
  private final StringBuilder rest = new StringBuilder();
  private final MessageParser parser = new MessageParser(this::target);

  private MessageParser.@Nullable Target target(ByteBuffer name) {
    var subject = ISO_8859_1.decode(name).toString();
    return subject.startsWith("no.")
        ? null
        : payload -> messages.add(subject + "=" + new String(payload, ISO_8859_1));
  }

  private void send(String text) throws IOException {
    byte[] bytes = text.getBytes(ISO_8859_1);
    int from = 0;
    while (from < bytes.length) {
      int count = Math.min(bytes.length - from, parser.buffer().length - parser.filled());
      System.arraycopy(bytes, from, parser.buffer(), parser.filled(), count);
      var passed = new byte[count + 3];
      int length = parser.parse(count, passed, 3);
      rest.append(new String(passed, 3, length, ISO_8859_1));
      from += count;
    }
  }

  @Test
  void messages_areTakenOut_andTheRestStays() throws IOException {
    send("INFO {\"a\":1}\r\nMSG logs.a.fra.1 1 2\r\nhiPING\r\n".replace("hi", "hi\r\n"));
    send("MSG logs.a.fra.1 1 answer.to 3\r\nyou\r\n+OK\r\n-ERR 'x'\r\nPONG\r\n");

    assertThat(messages).containsExactly("logs.a.fra.1=hi", "logs.a.fra.1=you");
    assertThat(rest).hasToString("INFO {\"a\":1}\r\nPING\r\n+OK\r\n-ERR 'x'\r\nPONG\r\n");
  }

  @Test
  void payload_mayHoldAnything() throws IOException {
    send("MSG a 1 13\r\nMSG b 1 1\r\nx\n\r\nMSG a 1 0\r\n\r\n");

    assertThat(messages).containsExactly("a=MSG b 1 1\r\nx\n", "a=");
  }

  @Test
  void headers_areLeftOut() throws IOException {
    send("HMSG a 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\nHMSG a 1 re 12 12\r\nNATS/1.0\r\n\r\n\r\n");

    assertThat(messages).containsExactly("a=hi", "a=");
  }

  @Test
  void whatNobodyWants_isPassedOver() throws IOException {
    send("MSG no.body 1 5\r\nMSG a\r\nMSG a 1 1\r\nx\r\n");

    assertThat(messages).containsExactly("a=x");
    assertThat(rest).isEmpty();
  }

  @Test
  void operations_areReadAsTheProtocolAllows() throws IOException {
    send("msg a  1\t1\r\nx\r\nmSg a 1 1\ny\r\n");

    assertThat(messages).containsExactly("a=x", "a=y");
  }

  @Test
  void payloadLongerThanTheBuffer_comesWhole() throws IOException {
    String payload = "0123456789abcdef".repeat(20_000);

    send("MSG a 1 " + payload.length() + "\r\n" + payload + "\r\nPING\r\n");

    assertThat(messages).containsExactly("a=" + payload);
    assertThat(rest).hasToString("PING\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MSG a 1\r\n",
        "MSG a 1 2 3 4\r\n",
        "HMSG a 1 5\r\n",
        "HMSG a 1 6 5\r\n",
        "MSG a 1 -1\r\n",
        "MSG a 1 1x\r\n",
        "MSG a 1 67108865\r\n",
        "MSG a 1 99999999999999999999999\r\n",
        "MSG a 1 1\r\nxy\r\n",
        "MSG a 1 1\r\nx\n",
        "MESSAGE a 1 1\r\n",
        "M\r\n",
      })
  void whatNoServerMaySend_endsTheConnection(String sent) {
    assertThatThrownBy(() -> send(sent)).isInstanceOf(IOException.class);
  }

  @Test
  void announcementWithoutAnEnd_isNotKeptForEver() {
    assertThatThrownBy(() -> send("MSG " + "a".repeat(MessageParser.MAX_HEADER)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 16384 bytes");
  }

  /** However it is cut, what comes out is the same. */
  @Test
  void anyPieces_giveTheSame() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      messages.clear();
      rest.setLength(0);
      var sent = new StringBuilder();
      var expected = new ArrayList<String>();
      var others = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        add(random, sent, expected, others);
      }
      int from = 0;
      while (from < sent.length()) {
        int to = Math.min(sent.length(), from + 1 + random.nextInt(40));
        send(sent.substring(from, to));
        from = to;
      }
      assertThat(messages).as("seed " + seed).isEqualTo(expected);
      assertThat(rest.toString()).as("seed " + seed).isEqualTo(others.toString());
    }
  }

  private static void add(
      Random random, StringBuilder sent, List<String> expected, StringBuilder others) {
    var payload = new StringBuilder();
    int length = random.nextInt(30);
    for (int i = 0; i < length; i++) {
      payload.append("M SG\r\nH1".charAt(random.nextInt(8)));
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        sent.append("PING\r\n");
        others.append("PING\r\n");
      }
      case 1 -> {
        sent.append("HMSG s.h 7 4 ").append(length + 4).append("\r\nheAD");
        sent.append(payload).append("\r\n");
        expected.add("s.h=" + payload);
      }
      case 2 -> sent.append("MSG no.x 1 " + length + "\r\n" + payload + "\r\n");
      default -> {
        sent.append("MSG s.m 1 " + length + "\r\n" + payload + "\r\n");
        expected.add("s.m=" + payload);
      }
    }
  }
}
