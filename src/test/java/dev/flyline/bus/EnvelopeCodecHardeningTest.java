package dev.flyline.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What anybody might send to the port: bytes that are not quite, or not at all, an envelope. */
@Timeout(60)
final class EnvelopeCodecHardeningTest {

  private static final Names NAMES = new Names(); // all tests here run one after the other

  private static final AppName APP = new AppName("shop");
  private static final int HEAD = 5;
  private static final int STATE = 4;
  private static final int LINES = 6;
  private static final int RANGE = 9;
  private static final int ENLIST = 12;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** An envelope of {@code count} messages, but without them. */
  private static WireWriter header(long count) {
    return new WireWriter(64).u8(1).text("n1").flag(false).number(0).number(0).number(count);
  }

  /** An envelope of one message of {@code type} with the body that {@code body} puts. */
  private static Buffer one(int type, Consumer<WireWriter> body) {
    WireWriter out = header(1).u8(type);
    int lengthAt = out.skip(Integer.BYTES);
    body.accept(out);
    return buffer(out.i32At(lengthAt, out.length() - lengthAt - Integer.BYTES));
  }

  private static Buffer buffer(WireWriter out) {
    Buffer buffer = Buffer.buffer();
    out.copyTo(buffer);
    return buffer;
  }

  /** A batch up to where its entries and machines are counted. */
  private static WireWriter batch(WireWriter out) {
    return out.u8(2).text("shop").text("1-a").number(1).signed(0);
  }

  private static void assertRefused(Buffer wire, String why) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> EnvelopeCodec.decode(wire, NAMES))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated")
        .isLessThan(8 << 20); // of which almost all is the exception and the assertion
  }

  /** Whether {@code wire} is an envelope; fails if decoding ends in any other way. */
  private static boolean isEnvelope(Buffer wire) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean decoded;
    try {
      Envelope envelope = EnvelopeCodec.decode(wire, NAMES);
      var writer = new EnvelopeWriter("n1");
      envelope.messages().forEach(writer::add); // what was read could be sent on
      decoded = true;
    } catch (IllegalArgumentException _) {
      decoded = false;
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated")
        .isLessThan((1 << 20) + 100L * wire.length());
    return decoded;
  }

  @Test
  void envelopeCutShort_isRefusedWhereverTheCutIs() {
    Buffer wire = EnvelopeCodecTest.envelope(new RandomMessages(new Random(6)).ofEachKind());
    assertThat(isEnvelope(wire)).isTrue();
    for (int length = 0; length < wire.length(); length++) {
      Buffer cut = wire.slice(0, length);
      assertThatThrownBy(() -> EnvelopeCodec.decode(cut, NAMES))
          .as("cut at %d of %d", length, wire.length())
          .isExactlyInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Those after a message's fields are a newer release's, see {@link GoldenWireTest}. */
  @Test
  void bytesThatFollowAnEnvelope_areRefused() {
    Buffer wire = EnvelopeCodecTest.envelope(List.of(new AppMessage.Look(APP)));
    assertRefused(wire.appendByte((byte) 0), "more than belong");
  }

  @Test
  void flippedBytes_areRefusedOrMeanSomethingElse() {
    var random = new Random(7);
    var messages = new RandomMessages(random);
    int decoded = 0;
    byte[] wire = {};
    for (int i = 0; i < 20_000; i++) {
      if (i % 200 == 0) {
        wire = EnvelopeCodecTest.envelope(messages.ofEachKind()).getBytes();
      }
      byte[] flipped = wire.clone();
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        flipped[random.nextInt(flipped.length)] = (byte) random.nextInt(256);
      }
      decoded += isEnvelope(Buffer.buffer(flipped)) ? 1 : 0;
    }
    assertThat(decoded).as("flips within payloads and numbers").isBetween(1, 19_999);
  }

  @Test
  void junk_isRefused() {
    var random = new Random(8);
    for (int i = 0; i < 20_000; i++) {
      byte[] junk = new byte[random.nextInt(200)];
      random.nextBytes(junk);
      WireWriter out = i % 2 == 0 ? header(1).u8(1 + random.nextInt(15)) : new WireWriter(64);
      isEnvelope(buffer(out).appendBytes(junk));
    }
    assertRefused(Buffer.buffer("GET / HTTP/1.1\r\n\r\n"), "version 71");
    assertRefused(Buffer.buffer(), "too early");
  }

  @Test
  void anotherVersion_isRefusedByName() {
    Buffer wire = EnvelopeCodecTest.envelope(List.of()).setByte(0, (byte) 2);
    assertRefused(wire, "envelope: version 2, but this router speaks 1 alone");
    Buffer batch = one(LINES, out -> out.number(0).u8(0).u8(1));
    assertRefused(batch, "batch: version 1, but this router knows 2 alone");
  }

  @Test
  void unknownTypes_areReadAsSuch() {
    WireWriter out = header(4);
    out.u8(200).i32(3).u8(1).u8(2).u8(3);
    out.u8(3).i32(6).text("shop").number(0);
    out.u8(0).i32(0);
    out.u8(99).i32(1).u8(9);
    Envelope envelope = EnvelopeCodec.decode(buffer(out), NAMES);
    assertThat(envelope.messages())
        .containsExactly(
            new RouterMessage.Unknown(200),
            new AppMessage.Look(APP),
            new RouterMessage.Unknown(0),
            new RouterMessage.Unknown(99));
  }

  @Test
  void unknownType_cannotBeSentOn() {
    var writer = new EnvelopeWriter("n1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add(new RouterMessage.Unknown(99)));
    assertThat(writer.isEmpty()).isTrue();
    assertThat(writer.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 6, 4})
  void wrongLengthOfAMessage_isRefused(int length) {
    assertRefused(buffer(header(1).u8(3).i32(length).text("shop")), "bytes: ");
    if (length != 4) {
      assertRefused(buffer(header(1).u8(99).i32(length).text("shop")), "bytes: ");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {200, 1 << 16, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, -1, 1L << 63})
  void absurdCounts_areRefusedBeforeAnythingIsMade(long count) {
    long zigzag = (count >>> 1) ^ -(count & 1); // so that exactly these bits are put
    assertRefused(
        buffer(new WireWriter(64).u8(1).text("n1").u8(0).u8(0).u8(0).signed(zigzag)), "count");
    assertRefused(one(LINES, out -> batch(out.number(0).u8(0)).signed(zigzag).number(0)), "count");
    assertRefused(one(LINES, out -> batch(out.number(0).u8(0)).u8(0).signed(zigzag)), "count");
    assertRefused(
        one(
            LINES,
            out ->
                batch(out.number(0).u8(0))
                    .u8(1)
                    .u8(1)
                    .text("fra")
                    .text("m")
                    .u8(1)
                    .u8(0)
                    .signed(zigzag)),
        "count");
    assertRefused(one(STATE, out -> out.text("shop").signed(zigzag)), "count");
    UnaryOperator<WireWriter> range = out -> out.text("shop").text("1-a").u8(0).u8(0).u8(0);
    assertRefused(one(RANGE, out -> range.apply(out).signed(zigzag)), "count");
    assertRefused(
        one(RANGE, out -> range.apply(out).u8(0).u8(1).text("1-a").u8(0).signed(zigzag)), "count");
  }

  @Test
  void numbersBeyondAllPositions_areRefused() {
    assertRefused(one(HEAD, out -> out.text("shop").text("1-a").number(Long.MAX_VALUE)), "number");
    assertRefused(one(HEAD, out -> out.text("shop").text("1-a").signed(-1L << 62)), "number");
    assertRefused(
        one(HEAD, out -> out.text("shop").text("1-a").number(RandomMessages.MAX_NUMBER + 1)),
        "number: too large");
    assertRefused(
        one(
            HEAD,
            out -> {
              out.text("shop").text("1-a");
              for (int i = 0; i < 11; i++) {
                out.u8(0x80);
              }
            }),
        "number: too long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "a.>", "../b", "Shop", "-shop", "shop shop", "sh\u00F6p"})
  void namesThatAreNoApps_areRefused(String app) {
    byte[] bytes = app.getBytes(StandardCharsets.UTF_8);
    assertRefused(one(HEAD, out -> out.bytes(bytes).text("1-a").number(1)), "not an app name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "1", "-a", "x-1", "0-a", "01-a", "1-A", "1-a.b", "1x-a"})
  void namesThatAreNoEpochs_areRefused(String epoch) {
    assertRefused(one(HEAD, out -> out.text("shop").text(epoch).number(1)), "epoch");
    String counter = "1".repeat(19) + "-a"; // would not fit a number
    assertRefused(one(HEAD, out -> out.text("shop").text(counter).number(1)), "epoch");
    String node = "1-" + "a".repeat(39);
    assertRefused(one(HEAD, out -> out.text("shop").text(node).number(1)), "epoch");
  }

  /** Half of a sequence, an overlong slash, a surrogate, and what no UTF-8 begins with. */
  @ParameterizedTest
  @ValueSource(strings = {"c3", "c0af", "eda080", "ff"})
  void textThatIsNoUtf8_isRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertRefused(one(3, out -> out.bytes(bytes)), "not an app name");
    assertRefused(one(HEAD, out -> out.text("shop").bytes(bytes).number(1)), "epoch");
    assertRefused(
        one(
            LINES,
            out -> batch(out.number(0).u8(0)).u8(1).u8(1).bytes(bytes).text("m1").u8(0).u8(0)),
        "region or machine");
    assertRefused(buffer(new WireWriter(64).u8(1).bytes(bytes).u8(0).u8(0).u8(0).u8(0)), "node");
  }

  @Test
  void valuesThatNoRouterSends_areRefused() {
    assertRefused(
        one(LINES, out -> batch(out.number(0).u8(0)).number(0).number(0)),
        "entries: must not be empty");
    assertRefused(
        one(LINES, out -> batch(out.number(0).u8(0)).u8(1).u8(0).u8(1).u8(0).u8(0)),
        "machine: not in");
    assertRefused(
        one(LINES, out -> batch(out.number(0).u8(0)).u8(1).u8(0).u8(0).u8(0).u8(77).u8(0)),
        "gap cause");
    assertRefused(one(ENLIST, out -> out.text("shop").number(0).number(0)), "lineage");
    assertRefused(
        one(STATE, out -> out.text("shop").number(1).number(0).text("n").number(0)), "counter");
    assertRefused(
        one(
            STATE,
            out -> {
              out.text("shop").number(2);
              out.number(2).text("n").number(0).number(1).text("n").number(0);
              out.text("n").number(0);
            }),
        "terms: must be in order");
    assertRefused(buffer(new WireWriter(64).u8(1).text("n1").u8(2).u8(0).u8(0).u8(0)), "flag");
  }

  @Test
  void lineageThatNobodyRemembers_isRefused() {
    assertRefused(
        one(
            STATE,
            out -> {
              out.text("shop").number(Lineage.REMEMBERED + 1);
              for (int i = 1; i <= Lineage.REMEMBERED + 1; i++) {
                out.number(i).text("n").number(0);
              }
              out.text("n").number(0);
            }),
        "lineage");
  }

  /** Its lines would stand in the ring of somebody else's app. */
  @Test
  void rangeWithABatchOfAnotherApp_isRefused() {
    List<LogBatch> batches = new ArrayList<>();
    for (String app : List.of("shop", "bank")) {
      var line = new LogLine("fra", "m1", new byte[] {1}, 1);
      batches.add(new LogBatch(new AppName(app), "1-a", 1 + batches.size(), List.of(line)));
    }
    var range = new AppMessage.Range(APP, "1-a", false, 1, batches, false, null);
    assertRefused(EnvelopeCodecTest.envelope(List.of(range)), "another app");
  }
}
