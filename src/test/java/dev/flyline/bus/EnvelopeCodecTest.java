package dev.flyline.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class EnvelopeCodecTest {

  private final Names names = new Names();

  private static final AppName APP = new AppName("shop");

  static Buffer envelope(List<AppMessage> messages) {
    var writer = new EnvelopeWriter("n1");
    messages.forEach(message -> writer.add(message));
    return writer.finish(false, 0, 0);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everyKindOfMessage_hasAnExample() {
    assertThat(new RandomMessages(new Random(1)).ofEachKind())
        .extracting(message -> (Object) message.getClass())
        .containsExactly((Object[]) AppMessage.class.getPermittedSubclasses());
  }

  @Test
  void messagesOfEveryKind_comeBackEqual() {
    var messages = new RandomMessages(new Random(4));
    for (int kind = 0; kind < RandomMessages.KINDS.size(); kind++) {
      for (int i = 0; i < 40; i++) {
        AppMessage message = RandomMessages.KINDS.get(kind).apply(messages);
        Envelope back = EnvelopeCodec.decode(envelope(List.of(message)), names);
        assertThat(back.messages())
            .usingRecursiveFieldByFieldElementComparator()
            .containsExactly(message);
      }
    }
  }

  @Test
  void envelopes_comeBackEqual() {
    var random = new Random(5);
    var messages = new RandomMessages(random);
    for (int i = 0; i < 60; i++) {
      List<PeerMessage> sent =
          IntStream.range(0, random.nextInt(20))
              .<PeerMessage>mapToObj(_ -> messages.any())
              .toList();
      var envelope =
          new Envelope(
              messages.node(), random.nextBoolean(), messages.number(), messages.number(), sent);
      var writer = new EnvelopeWriter(envelope.from());
      sent.forEach(message -> writer.add(message));
      Buffer wire = writer.finish(envelope.stopping(), envelope.sentBefore(), envelope.received());
      assertThat(EnvelopeCodec.decode(wire, names)).usingRecursiveComparison().isEqualTo(envelope);
    }
  }

  @Test
  void partOfABuffer_isDecoded() {
    Buffer wire = envelope(List.of(new AppMessage.Look(APP)));
    Buffer around = Buffer.buffer("before").appendBuffer(wire).appendString("after");
    assertThat(EnvelopeCodec.decode(around.slice(6, 6 + wire.length()), names).messages())
        .containsExactly(new AppMessage.Look(APP));
  }

  @Test
  void writer_beginsAnewAfterEachEnvelope() {
    var look = new AppMessage.Look(APP);
    var writer = new EnvelopeWriter("n1");
    assertThat(writer.isEmpty()).isTrue();
    int size = writer.add(look).size();
    writer.add(look);
    assertThat(writer.isEmpty()).isFalse();
    assertThat(writer.size()).isEqualTo(2 * size);
    Buffer first = writer.finish(false, 0, 0);
    assertThat(writer.isEmpty()).isTrue();
    assertThat(writer.size()).isZero();
    Buffer heartbeat = writer.finish(true, first.length(), 7);
    assertThat(EnvelopeCodec.decode(first, names).messages()).hasSize(2);
    assertThat(first.length()).isEqualTo(heartbeat.length() + 2 * size);
    assertThat(EnvelopeCodec.decode(heartbeat, names))
        .isEqualTo(new Envelope("n1", true, first.length(), 7, List.of()));
  }

  @Test
  void messageEncodedOnce_goesIntoManyEnvelopes() {
    var lines =
        new AppMessage.Lines(
            new LogBatch(APP, "1-a", 1, List.of(new LogLine("fra", "m", text("x"), 5))), 1, true);
    var look = new AppMessage.Look(APP);
    EnvelopeWriter first = new EnvelopeWriter("n1").add(look).add(lines);
    EnvelopeWriter second = new EnvelopeWriter("n2").addLastOf(first);
    EnvelopeWriter third = new EnvelopeWriter("n3").add(look).addLastOf(second);
    assertThat(decoded(first)).usingRecursiveComparison().isEqualTo(List.of(look, lines));
    assertThat(decoded(second)).usingRecursiveComparison().isEqualTo(List.of(lines));
    assertThat(decoded(third)).usingRecursiveComparison().isEqualTo(List.of(look, lines));
  }

  private List<PeerMessage> decoded(EnvelopeWriter writer) {
    return EnvelopeCodec.decode(writer.finish(false, 0, 0), names).messages();
  }

  /** And the room that it needed is not kept for ever. */
  @Test
  void writer_takesMoreThanItKeepsRoomFor() {
    List<Entry> entry = List.of(new LogLine("fra", "m", new byte[300_000], 5));
    var lines = new AppMessage.Lines(new LogBatch(APP, "1-a", 1, entry), 1, true);
    var writer = new EnvelopeWriter("n1");
    for (int i = 0; i < 2; i++) {
      assertThat(decoded(writer.add(lines))).usingRecursiveComparison().isEqualTo(List.of(lines));
      assertThat(writer.size()).isZero();
    }
  }

  /** Another layout is another version: old and new routers must not take one for the other. */
  @Test
  void layout_isTheDocumentedOne() {
    List<Entry> entries =
        List.of(
            new LogLine("fra", "m1", text("hi"), 1000),
            new Mark(GapCause.UPSTREAM, 9, 1001),
            new LogLine("fra", "m2", text("ho"), 999));
    var lines = new AppMessage.Lines(new LogBatch(APP, "1-a", 300, entries), 301, true);
    Buffer wire =
        new EnvelopeWriter("n1")
            .add(new AppMessage.Head(APP, "1-a", 5))
            .add(lines)
            .finish(true, 128, 3);
    String app = "0473686f70";
    String epoch = "03312d61";
    String header = "01" + "026e31" + "01" + "8001" + "03" + "02";
    String head = app + epoch + "05";
    String machines = "02" + "03667261026d31" + "03667261026d32";
    String batch = "02" + app + epoch + "ac02" + "d00f" + "03" + machines;
    String lineMarkLine = "0100026869" + "0002030a" + "020102686f";
    assertThat(HexFormat.of().formatHex(wire.getBytes()))
        .isEqualTo(
            (header + "05" + "0000000a" + head)
                + ("06" + "0000002f" + "ad02" + "01" + batch + lineMarkLine));
  }

  @Test
  void batchOfTwentyLines_costsLittleMoreThanItsPayloads() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String machine = "d896d7c609dd6" + i % 3;
      entries.add(new LogLine("fra", machine, new byte[300], 1_763_640_000_000L + i / 4));
    }
    var batch =
        new LogBatch(new AppName("my-customers-shop-42"), "12-3f9a61c07be2", 1_234_567, entries);
    Buffer wire =
        new EnvelopeWriter("3f9a61c07be2")
            .add(new AppMessage.Lines(batch, 1_234_586, true))
            .finish(false, 5_000_000_000L, 40_000_000L);
    int payload = 20 * 300;
    System.out.printf(
        "wire: 20 lines of 300 bytes from 3 machines: %d bytes in an envelope, %.1f %% more than"
            + " the payloads%n",
        wire.length(), 100.0 * (wire.length() - payload) / payload);
    assertThat(wire.length()).isLessThanOrEqualTo(payload * 105 / 100);
  }

  @Test
  void valuesThatNobodyCouldRead_areNotWritten() {
    var look = new AppMessage.Look(APP);
    EnvelopeWriter writer = new EnvelopeWriter("n1").add(look);
    for (AppMessage message :
        List.of(
            new AppMessage.Head(APP, "1-a", -1),
            new AppMessage.Watch(APP, "1-ä"),
            new AppMessage.Watch(APP, "1".repeat(256)))) {
      assertThatThrownBy(() -> writer.add(message)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(decoded(writer)).isEqualTo(List.of(look)); // nor is a part of them
  }
}
