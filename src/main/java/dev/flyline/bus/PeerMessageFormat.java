package dev.flyline.bus;

import dev.flyline.bus.AppMessage.Ack;
import dev.flyline.bus.AppMessage.Claim;
import dev.flyline.bus.AppMessage.ClaimAnswer;
import dev.flyline.bus.AppMessage.Enlist;
import dev.flyline.bus.AppMessage.Enlisted;
import dev.flyline.bus.AppMessage.Fetch;
import dev.flyline.bus.AppMessage.Handover;
import dev.flyline.bus.AppMessage.Head;
import dev.flyline.bus.AppMessage.Hold;
import dev.flyline.bus.AppMessage.Lines;
import dev.flyline.bus.AppMessage.Look;
import dev.flyline.bus.AppMessage.Lost;
import dev.flyline.bus.AppMessage.Range;
import dev.flyline.bus.AppMessage.Refused;
import dev.flyline.bus.AppMessage.Release;
import dev.flyline.bus.AppMessage.State;
import dev.flyline.bus.AppMessage.Unwatch;
import dev.flyline.bus.AppMessage.Watch;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.PlacedMark;
import java.util.ArrayList;
import java.util.List;

/** How the body of each kind of message looks; {@link EnvelopeCodec} shows the layout. */
final class PeerMessageFormat {

  private static final int WATCH = 1;
  private static final int UNWATCH = 2;
  private static final int LOOK = 3;
  private static final int STATE = 4;
  private static final int HEAD = 5;
  private static final int LINES = 6;
  private static final int ACK = 7;
  private static final int FETCH = 8;
  private static final int RANGE = 9;
  private static final int CLAIM = 10;
  private static final int CLAIM_ANSWER = 11;
  private static final int ENLIST = 12;
  private static final int ENLISTED = 13;
  private static final int RELEASE = 14;
  private static final int HANDOVER = 15;
  private static final int HOLD = 16;
  private static final int REFUSED = 17;

  /** The fewest bytes of a batch, and of a mark and its place. */
  private static final int LEAST_BATCH = 12;

  private static final int LEAST_PLACED = 6;

  private PeerMessageFormat() {}

  /** The number that stands for the kind of {@code message}; never changes. */
  static int type(PeerMessage message) {
    return switch (message) {
      case Watch _ -> WATCH;
      case Unwatch _ -> UNWATCH;
      case Look _ -> LOOK;
      case State _ -> STATE;
      case Head _ -> HEAD;
      case Lines _ -> LINES;
      case Ack _ -> ACK;
      case Fetch _ -> FETCH;
      case Range _ -> RANGE;
      case Claim _ -> CLAIM;
      case ClaimAnswer _ -> CLAIM_ANSWER;
      case Enlist _ -> ENLIST;
      case Enlisted _ -> ENLISTED;
      case Release _ -> RELEASE;
      case Handover _ -> HANDOVER;
      case Hold _ -> HOLD;
      case Refused _ -> REFUSED;
      case RouterMessage.Unknown _ ->
          throw new IllegalArgumentException("message: of a kind that this release cannot send");
    };
  }

  /** Puts the body. */
  static void write(WireWriter out, PeerMessage message) {
    if (message instanceof AppMessage about && !(about instanceof Lines)) { // whose batch names it
      out.text(about.app().value());
    }
    switch (message) {
      case Watch m -> out.text(m.epoch());
      case Unwatch _ -> {}
      case Look m -> out.number(m.question());
      case State m ->
          out.lineage(m.lineage()).text(m.owner()).number(m.head()).number(m.question());
      case Head m -> out.text(m.epoch()).number(m.head());
      case Lines m -> BatchFormat.write(out.number(m.committed()).flag(m.awaited()), m.batch());
      case Ack m -> out.text(m.epoch()).number(m.head()).flag(m.inStep()).flag(m.enlisted());
      case Fetch m -> out.text(m.epoch()).number(m.from()).number(m.before());
      case Range m -> range(out, m);
      case Claim m -> out.i64(m.id()).lineage(m.lineage()).number(m.head()).flag(m.inStep());
      case ClaimAnswer m ->
          out.i64(m.id())
              .lineage(m.lineage())
              .number(m.head())
              .text(m.owner())
              .flag(m.better())
              .flag(m.watching());
      case Enlist m -> out.lineage(m.lineage()).number(m.head());
      case Enlisted m -> out.text(m.epoch());
      case Release m -> out.text(m.epoch());
      case Handover m -> out.text(m.epoch()).number(m.last());
      case Hold m -> out.text(m.epoch()).number(m.ms());
      case Refused m -> out.text(m.epoch()).flag(m.refused());
      case RouterMessage.Unknown _ -> {} // has no type that could be put, see above
    }
  }

  private static void range(WireWriter out, Range range) {
    out.text(range.epoch()).flag(range.backwards()).number(range.first()).flag(range.more());
    out.number(range.batches().size());
    range.batches().forEach(batch -> BatchFormat.write(out, batch));
    Lost lost = range.lost();
    out.flag(lost != null);
    if (lost != null) {
      out.text(lost.epoch()).signed(lost.arrivedMs()).number(lost.marks().size());
      for (PlacedMark placed : lost.marks()) {
        out.text(placed.epoch()).number(placed.seq());
        out.signed(placed.mark().arrivedMs()).mark(placed.mark());
      }
    }
  }

  /** Reads the body of a message of kind {@code type}, of which there may be no such kind. */
  static PeerMessage read(int type, WireReader in) {
    return switch (type) {
      case WATCH -> new Watch(in.app(), in.epochOrNone());
      case UNWATCH -> new Unwatch(in.app());
      case LOOK -> new Look(in.app(), in.number());
      case STATE -> new State(in.app(), in.lineage(), in.node(), in.number(), in.number());
      case HEAD -> new Head(in.app(), in.epoch(), in.number());
      case LINES -> lines(in);
      case ACK -> new Ack(in.app(), in.epoch(), in.number(), in.flag(), in.flag());
      case FETCH -> new Fetch(in.app(), in.epochOrNone(), in.number(), in.number());
      case RANGE -> range(in);
      case CLAIM -> new Claim(in.app(), in.i64(), in.lineage(), in.number(), in.flag());
      case CLAIM_ANSWER ->
          new ClaimAnswer(
              in.app(), in.i64(), in.lineage(), in.number(), in.nodeOrNone(), in.flag(), in.flag());
      case ENLIST -> new Enlist(in.app(), someTerms(in), in.number());
      case ENLISTED -> new Enlisted(in.app(), in.epoch());
      case RELEASE -> new Release(in.app(), in.epoch());
      case HANDOVER -> new Handover(in.app(), in.epoch(), in.number());
      case HOLD -> new Hold(in.app(), in.epoch(), in.number());
      case REFUSED -> new Refused(in.app(), in.epoch(), in.flag());
      default -> new RouterMessage.Unknown(type);
    };
  }

  private static Lines lines(WireReader in) {
    long committed = in.number();
    boolean awaited = in.flag();
    return new Lines(BatchFormat.read(in), committed, awaited);
  }

  /** The lineage of an owner, which has at least its own term. */
  private static Lineage someTerms(WireReader in) {
    Lineage lineage = in.lineage();
    if (lineage.isEmpty()) {
      throw new IllegalArgumentException("lineage: must not be empty");
    }
    return lineage;
  }

  private static Range range(WireReader in) {
    AppName app = in.app();
    String epoch = in.epochOrNone();
    boolean backwards = in.flag();
    long first = in.number();
    boolean more = in.flag();
    int count = in.count(LEAST_BATCH);
    List<LogBatch> batches = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      LogBatch batch = BatchFormat.read(in);
      if (!batch.app().equals(app)) { // the lines of one tenant would reach another
        throw new IllegalArgumentException("range: a batch of another app");
      }
      batches.add(batch);
    }
    return new Range(app, epoch, backwards, first, batches, more, in.flag() ? lost(in) : null);
  }

  private static Lost lost(WireReader in) {
    String epoch = in.epochOrNone();
    long arrivedMs = in.signed();
    int count = in.count(LEAST_PLACED);
    List<PlacedMark> marks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      marks.add(new PlacedMark(in.epoch(), in.number(), in.mark(in.signed())));
    }
    return new Lost(epoch, arrivedMs, marks);
  }
}
