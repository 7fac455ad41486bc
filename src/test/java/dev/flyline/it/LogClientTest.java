package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.log.Position;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The test clients themselves, fed one byte at a time. */
@Timeout(20)
final class LogClientTest {

  private static final Seen END = new Seen.End(Seen.End.COMPLETE);
  private static final String HELLO =
      "{\"type\":\"hello\",\"app\":\"a\",\"node\":\"n\",\"region\":\"fra\",\"epoch\":\"e\","
          + "\"oldest\":1,\"head\":41,\"at\":\"e:41\",\"expires\":1763683200}";

  @Test
  void sse_isReadAsBrowsersDo() throws IOException {
    var sse =
        new SseSource(
            new Bytes(
                ("retry: 500\n\nevent: hello\nid: e:41\ndata: " + HELLO + "\n\n")
                    + "id: e:42\r\ndata:  two\rdata:lines\r\n\r\n: ping\n\nid: e:43\n\n"));

    assertThat(all(sse))
        .containsExactly(
            new Seen.Hello(
                "a",
                "n",
                "fra",
                "e",
                1,
                41,
                at(41),
                Instant.ofEpochSecond(1763683200),
                Optional.empty()),
            Seen.Line.of(at(42), " two\nlines"),
            new Seen.Ping(Optional.empty()),
            new Seen.Ping(Optional.of(at(43))),
            END);
    assertThat(sse.lastEventId()).isEqualTo("e:43");
    assertThat(sse.retryMs()).contains(500);
  }

  @Test
  void sse_endingWithinAnEventIsBroken() {
    assertThatThrownBy(() -> all(new SseSource(new Bytes("id: e:1\ndata: half\n"))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void frames_keepPayloadsByteForByte() throws IOException {
    String frames =
        """
        {"type":"logs","app":"a","epoch":"e","seq":7,"lines":[{"b": 1,\t"ü":"}"},"tëxt\\n",{}]}
        {"type":"logs","app":"a","epoch":"e","seqs":[9,12],"lines":["x",{"y":[{}]}]}
        {"type":"gap","app":"a","from":"e:13","to":"e:20","count":8,"cause":"slow"}
        {"type":"gap","app":"a","from":"e:21","to":"e:21","count":null,"cause":"upstream"}
        {"type":"bye","code":"restart","reconnect":true,"after_ms":12}
        """;

    assertThat(all(new LineSource(new Bytes(frames), Transport.ENVELOPE)))
        .containsExactly(
            Seen.Line.of(at(7), "{\"b\": 1,\t\"ü\":\"}\"}"),
            Seen.Line.of(at(8), "tëxt\n"),
            Seen.Line.of(at(9), "{}"),
            Seen.Line.of(at(9), "x"),
            Seen.Line.of(at(12), "{\"y\":[{}]}"),
            new Seen.Hole(Optional.of(new Seen.Range(at(13), at(20))), OptionalLong.of(8), "slow"),
            new Seen.Hole(
                Optional.of(new Seen.Range(at(21), at(21))), OptionalLong.empty(), "upstream"),
            new Seen.Bye("restart", true, OptionalLong.of(12)),
            END);
  }

  @Test
  void frames_thatTheContractDoesNotNameFail() {
    assertThatThrownBy(() -> Frames.parse("{\"type\":\"log\"}")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Frames.parse("{\"type\":\"ping\",\"at\":\"e\"}"))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () -> Frames.parse("{\"type\":\"logs\",\"app\":\"a\",\"epoch\":\"e\",\"lines\":[{}]}"))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Frames.parse(HELLO + "{}")).isInstanceOf(AssertionError.class);
  }

  @Test
  void ndjson_isObjectsStringsAndTheRoutersWords() throws IOException {
    String body =
        """
        {"message":"m"}
        "a \\n b"
        {"flyline":{"type":"bye","code":"end","reconnect":false}}
        """;

    assertThat(all(new LineSource(new Bytes(body), Transport.NDJSON)))
        .containsExactly(
            Seen.Line.verbatim("{\"message\":\"m\"}"),
            Seen.Line.verbatim("a \n b"),
            new Seen.Bye("end", false, OptionalLong.empty()),
            END);
    assertThatThrownBy(() -> all(new LineSource(new Bytes("17\n"), Transport.NDJSON)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void text_hasFiveParts() throws IOException {
    String body = "2026-11-20T12:00:00.5Z fra m1 info a  b \n-- gap 58 (slow) --\n";

    List<Seen> seen = all(new LineSource(new Bytes(body), Transport.TEXT));

    assertThat(seen.getFirst()).isInstanceOf(Seen.Line.class);
    assertThat(((Seen.Line) seen.getFirst()).message()).isEqualTo("a  b ");
    assertThat(seen.subList(1, 3))
        .containsExactly(new Seen.Hole(Optional.empty(), OptionalLong.of(58), "slow"), END);
  }

  @Test
  void chunks_areJoined() throws IOException {
    var body = new ChunkedReader(new Bytes("3\r\nab\n\r\n2\r\nc\n\r\n0\r\n\r\n"));

    assertThat(body.line(Deadline.soon()).map(Utf8::strict)).contains("ab");
    assertThat(body.line(Deadline.soon()).map(Utf8::strict)).contains("c");
    assertThat(body.line(Deadline.soon())).isEmpty();
  }

  @Test
  void unit_thatIsNotCompleteInTimeStays() throws IOException {
    var bytes = new Bytes("half\n");
    bytes.silentAfter(2);

    assertThatThrownBy(() -> bytes.line(Deadline.soon()))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(bytes.line(Deadline.soon()).map(Utf8::strict)).contains("half");
  }

  private static Position at(long seq) {
    return new Position("e", seq);
  }

  private static List<Seen> all(SeenSource source) throws IOException {
    var all = new ArrayList<Seen>();
    do {
      all.addAll(source.read(Deadline.soon()));
    } while (!all.getLast().equals(END));
    return all;
  }

  /** Bytes that come one by one, with a silence once if asked for. */
  private static final class Bytes extends ByteReader {

    private final byte[] bytes;
    private int next;
    private int silentAt = -1;

    Bytes(String text) {
      bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    void silentAfter(int count) {
      silentAt = count;
    }

    @Override
    int fill(byte[] into, int offset, int length, Deadline deadline) throws IOException {
      if (next == silentAt) {
        silentAt = -1;
        throw new SocketTimeoutException();
      }
      if (next == bytes.length) {
        return -1;
      }
      into[offset] = bytes[next++];
      return 1;
    }
  }
}
