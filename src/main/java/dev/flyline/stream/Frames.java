package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;

/**
 * The JSON of every flyline.v1 frame but {@code logs}, and of the same said in a verbatim form.
 *
 * <p>Names of apps, epochs and codes need no escape: their types admit none of what would.
 */
public final class Frames {

  private static final byte[] ASIDE = "{\"flyline\":".getBytes(US_ASCII);

  private Frames() {}

  /** The gap as which the mark at {@code seq} is told. */
  static Gap gap(LogBatch batch, long seq, Mark mark) {
    var at = new Position(batch.epoch(), seq);
    return new Gap(at, at, mark.lines(), mark.cause());
  }

  /** Puts a {@code gap} frame. */
  public static void putGap(FrameBuffer out, AppName app, Gap gap) {
    out.ascii("{\"type\":\"gap\",\"app\":\"").ascii(app.value());
    putPosition(out.ascii("\",\"from\":"), gap.from());
    putPosition(out.ascii(",\"to\":"), gap.to());
    out.ascii(",\"count\":");
    if (gap.count() == Mark.UNKNOWN) {
      out.ascii("null");
    } else {
      out.number(gap.count());
    }
    out.ascii(",\"cause\":\"").ascii(gap.cause().wireName()).ascii("\"}");
  }

  /** Puts a {@code ping} frame. */
  public static void putPing(FrameBuffer out, Position at) {
    putPosition(out.ascii("{\"type\":\"ping\",\"at\":"), at);
    out.put('}');
  }

  /** Puts the frame of any message. */
  public static void putMessage(FrameBuffer out, StreamMessage message) {
    switch (message) {
      case StreamMessage.Hello hello -> putHello(out, hello);
      case StreamMessage.Notice notice -> putNotice(out, notice);
      case StreamMessage.Expiring(long inSeconds) ->
          out.ascii("{\"type\":\"expiring\",\"in\":").number(inSeconds).put('}');
      case StreamMessage.Bye bye -> putBye(out, bye);
    }
  }

  /** Puts a {@code gap} frame as it is told among verbatim payloads. */
  public static void putGapAside(FrameBuffer out, AppName app, Gap gap) {
    putGap(out.put(ASIDE), app, gap);
    out.put('}');
  }

  /** Puts a {@code bye} frame as it is told among verbatim payloads. */
  public static void putByeAside(FrameBuffer out, StreamMessage.Bye bye) {
    putBye(out.put(ASIDE), bye);
    out.put('}');
  }

  /** Puts a line whose payload, as it is, would pass for one of the messages above. */
  static void putLineAside(FrameBuffer out, byte[] payload) {
    Payloads.putJson(out.put(ASIDE).ascii("{\"type\":\"line\",\"payload\":"), payload);
    out.ascii("}}");
  }

  private static void putHello(FrameBuffer out, StreamMessage.Hello hello) {
    out.ascii("{\"type\":\"hello\",\"app\":\"").ascii(hello.app().value()).ascii("\",\"node\":");
    JsonStrings.put(out, hello.node());
    JsonStrings.put(out.ascii(",\"region\":"), hello.region());
    out.ascii(",\"epoch\":\"").ascii(hello.epoch());
    out.ascii("\",\"oldest\":").number(hello.oldest()).ascii(",\"head\":").number(hello.head());
    putPosition(out.ascii(",\"at\":"), hello.at());
    out.ascii(",\"expires\":").number(hello.expires().getEpochSecond());
    String filter = hello.filter();
    if (filter != null) {
      JsonStrings.put(out.ascii(",\"filter\":"), filter);
    }
    out.put('}');
  }

  private static void putNotice(FrameBuffer out, StreamMessage.Notice notice) {
    JsonStrings.put(out.ascii("{\"type\":\"notice\",\"code\":"), notice.code());
    JsonStrings.put(out.ascii(",\"detail\":"), notice.detail());
    StreamMessage.Place place = notice.place();
    if (place != null) {
      out.ascii(",\"position\":").number(place.position());
      JsonStrings.put(out.ascii(",\"hint\":"), place.hint());
    }
    out.put('}');
  }

  private static void putBye(FrameBuffer out, StreamMessage.Bye bye) {
    out.ascii("{\"type\":\"bye\",\"code\":\"").ascii(bye.reason().wireName());
    out.ascii("\",\"reconnect\":").ascii(Boolean.toString(bye.reason().reconnect()));
    out.ascii(",\"after_ms\":").number(bye.afterMs()).put('}');
  }

  private static void putPosition(FrameBuffer out, Position position) {
    out.put('"').position(position.epoch(), position.seq()).put('"');
  }
}
