package dev.flyline.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What routers of past releases have sent is still read, and what a newer one may append does no
 * harm. A line of the golden file is a kind of message and its bytes; lines are added, never
 * changed.
 */
@Timeout(30)
final class GoldenWireTest {

  private static final HexFormat HEX = HexFormat.of();
  private static final int BODY_AT = 1 + Integer.BYTES;

  private final Names names = new Names();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Golden(String kind, byte[] message) {

    static Golden parse(String line) {
      int blank = line.indexOf(' ');
      return new Golden(line.substring(0, blank), HEX.parseHex(line.substring(blank + 1)));
    }
  }

  private static List<Golden> golden() {
    try (InputStream file =
        Objects.requireNonNull(GoldenWireTest.class.getResourceAsStream("/wire/version-1.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Golden::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] encoded(PeerMessage message) {
    var out = new WireWriter(0);
    EnvelopeCodec.write(out, message);
    Buffer buffer = Buffer.buffer();
    out.copyTo(buffer);
    return buffer.getBytes();
  }

  private static Buffer envelope(byte[] message) {
    var header = new WireWriter(0);
    EnvelopeCodec.writeHeader(header, "n1", false, 0, 0, 1);
    Buffer buffer = Buffer.buffer();
    header.copyTo(buffer);
    return buffer.appendBytes(message);
  }

  private PeerMessage decoded(byte[] message) {
    Envelope envelope = EnvelopeCodec.decode(envelope(message), names);
    PeerMessage read = envelope.messages().getFirst();
    assertThat(read).isNotInstanceOf(RouterMessage.Unknown.class);
    return read;
  }

  private static byte[] body(byte[] message) {
    return Buffer.buffer(message).getBytes(BODY_AT, message.length);
  }

  @Test
  void messagesOfPastReleases_areReadAndMeanTheSame() {
    for (Golden golden : golden()) {
      PeerMessage message = decoded(golden.message());
      assertThat(message.getClass().getSimpleName()).isEqualTo(golden.kind());
      assertThat(HEX.formatHex(body(encoded(message))))
          .as(golden.kind())
          .startsWith(HEX.formatHex(body(golden.message())));
    }
  }

  @Test
  void fieldsThatANewerReleaseAppends_arePassedOver() {
    for (Golden golden : golden()) {
      Buffer longer = Buffer.buffer(golden.message()).appendBytes(new byte[] {1, (byte) 0xff, 7});
      longer.setInt(1, golden.message().length - BODY_AT + 3);
      assertThat(encoded(decoded(longer.getBytes())))
          .as(golden.kind())
          .isEqualTo(encoded(decoded(golden.message())));
    }
  }

  /** If this fails, add the lines that it tells to the golden file. */
  @Test
  void everyKindOfMessage_hasLines() {
    var lines = new ArrayList<String>();
    List<String> known = golden().stream().map(Golden::kind).distinct().toList();
    for (long seed = 1; seed <= 3; seed++) {
      for (PeerMessage message : new RandomMessages(new Random(seed)).ofEachKind()) {
        String kind = message.getClass().getSimpleName();
        if (!known.contains(kind)) {
          lines.add(kind + " " + HEX.formatHex(encoded(message)));
        }
      }
    }
    assertThat(String.join("\n", lines)).isEmpty();
    assertThat(known)
        .containsAll(
            Stream.of(AppMessage.class, RouterMessage.class)
                .flatMap(branch -> Stream.of(branch.getPermittedSubclasses()))
                .filter(kind -> !kind.equals(RouterMessage.Unknown.class)) // never sent
                .map(Class::getSimpleName)
                .toList());
  }
}
