package dev.flyline.bus;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How envelopes and the messages in them look on the wire.
 *
 * <pre>
 * u8 version | str from | flag stopping | num sentBefore | num received | num messages
 * each message: u8 type | i32 length of the body | body
 *
 *  1 Watch        str app | str epoch
 *  2 Unwatch      str app
 *  3 Look         str app | num question
 *  4 State        str app | lineage | str owner | num head | num question
 *  5 Head         str app | str epoch | num head
 *  6 Lines        num committed | flag awaited | batch
 *  7 Ack          str app | str epoch | num head | flag inStep | flag enlisted
 *  8 Fetch        str app | str epoch | num from | num before
 *  9 Range        str app | str epoch | flag backwards | num first | flag more
 *                 num batches, each: batch
 *                 flag lost, if so: str epoch | sig arrivedMs | num marks, each:
 *                   str epoch | num seq | sig arrivedMs | u8 cause | num lines + 1
 * 10 Claim        str app | i64 id | lineage | num head | flag inStep
 * 11 ClaimAnswer  str app | i64 id | lineage | num head | str owner | flag better | flag watching
 * 12 Enlist       str app | lineage | num head
 * 13 Enlisted     str app | str epoch
 * 14 Release      str app | str epoch
 * 15 Handover     str app | str epoch | num last
 * 16 Hold         str app | str epoch | num ms
 * 17 Refused      str app | str epoch | flag refused
 *
 * batch: see {@link BatchFormat}; of a Range, all of its app
 * lineage: num terms, at most 32, each: num counter | str node | num after
 * str: u8 length, ASCII               flag: u8, 0 or 1
 * num: 0 to 10^18 - 1 in seven bits a byte, the lowest first, the top bit set if more follow
 * sig: the same of any i64 after zigzag (0, -1, 1, -2, ...)      i32, i64: the highest byte first
 * </pre>
 *
 * <p>How it may grow, so that routers of two releases talk during an upgrade: a message of an
 * unknown type is a {@link RouterMessage.Unknown} here, which is counted and passed over, and bytes
 * after the fields that this release knows of a message are passed over as well. So a release may
 * add types, and may append fields to a message, which get a default where an older router does not
 * send them. Whatever else changes needs another version, and routers of different versions do not
 * talk. The tests keep a golden file of what each release has sent.
 */
public final class EnvelopeCodec {

  private static final int VERSION = 1;

  /** Type and length. */
  private static final int LENGTH_AT = 1;

  private static final int BODY_AT = LENGTH_AT + Integer.BYTES;

  private EnvelopeCodec() {}

  /** Puts {@code message}, or nothing if it throws. */
  static void write(WireWriter out, PeerMessage message) {
    int start = out.length();
    try {
      out.u8(PeerMessageFormat.type(message)).skip(Integer.BYTES);
      PeerMessageFormat.write(out, message);
      out.i32At(start + LENGTH_AT, out.length() - start - BODY_AT);
    } catch (RuntimeException e) {
      out.truncate(start);
      throw e;
    }
  }

  static void writeHeader(
      WireWriter out, String from, boolean stopping, long sentBefore, long received, int count) {
    out.u8(VERSION).text(from).flag(stopping).number(sentBefore).number(received).number(count);
  }

  /**
   * Reads an envelope; throws {@link IllegalArgumentException}, and nothing else, for bytes that
   * are none, whatever they are.
   *
   * @param names those of the messages before
   */
  public static Envelope decode(Buffer buffer, Names names) {
    byte[] bytes = buffer.getBytes(); // a copy; cheaper than to ask the buffer for each byte
    var in = new WireReader(bytes, 0, bytes.length, names);
    int version = in.u8();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "envelope: version " + version + ", but this router speaks " + VERSION + " alone");
    }
    String from = in.node();
    boolean stopping = in.flag();
    long sentBefore = in.number();
    long received = in.number();
    int count = in.count(BODY_AT);
    List<PeerMessage> messages = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int type = in.u8();
      WireReader body = in.part(in.i32());
      messages.add(PeerMessageFormat.read(type, body));
    }
    in.end();
    return new Envelope(from, stopping, sentBefore, received, messages);
  }
}
