package dev.flyline.benchmarks;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has received: it finds the marker of each line in a stream of bytes, whatever
 * frames are around it, and counts lines, holes, repetitions and lines out of order.
 *
 * <p>A marker cannot stand nearer to the last one than a line is long, so the bytes between are
 * passed over unread; this, and no allocation, keep a million lines a second cheap. What is passed
 * over is not lost sight of: a line swallowed there would be missing in the numbers.
 *
 * <p>Belongs to the thread of its {@link ReaderLoop}; others may read the counts after it ended.
 */
final class Viewer {

  /** More than the longest marker; so much of a read's end is kept for the next one. */
  static final int CARRY = 64;

  /** Of so many lines one gives its delay; a power of two. Each viewer picks other lines. */
  private static final int SAMPLE = 16;

  private static final int INCOMPLETE = -1;

  private final int number;
  private final int app;
  private final int lineBytes;
  private final Pick pick;
  private final byte[] carry = new byte[CARRY];
  private int carried;
  private int skip;

  private @Nullable ToldGaps told; // of a viewer that is expected to be told of gaps
  private long sinceNs = Long.MIN_VALUE; // older lines were not sent for this viewer

  private long first = -1;
  private long last = -1;
  private long next = -1;
  private long lines;
  private long gaps;
  private long duplicates;
  private long reordered;
  private long foreign;

  // The number that digits() has read last.
  private long parsed;

  Viewer(int number, int app, int lineBytes, Pick pick) {
    this.number = number;
    this.app = app;
    this.lineBytes = lineBytes;
    this.pick = pick;
  }

  /** Also adds up what the router says it has not sent. */
  Viewer hearingGaps() {
    told = new ToldGaps();
    return this;
  }

  /** From now on only lines that are sent from {@code nowNs} on tell a delay. */
  void begin(long nowNs) {
    sinceNs = nowNs;
  }

  /** Prepares {@code buffer} for a read: what the last one left over comes first. */
  void prepare(ByteBuffer buffer) {
    buffer.clear();
    buffer.put(carry, 0, carried);
  }

  /** Takes what {@code buffer} holds up to its position; returns how many lines that were. */
  int accept(ByteBuffer buffer, long nowNs, Delays delays) {
    int end = buffer.position();
    long before = lines;
    int at = skip;
    if (told != null) {
      told.accept(buffer, carried, end);
    }
    carried = 0;
    while (at < end) {
      int marker = find(buffer, at, end);
      int next = marker < end ? line(buffer, marker, end, nowNs, delays) : end;
      if (next == INCOMPLETE) {
        carry(buffer, marker, end);
        at = end;
      } else {
        at = next;
      }
    }
    skip = at - end;
    return (int) (lines - before);
  }

  /** Where the next marker begins, perhaps incomplete at the end; or {@code end}. */
  private static int find(ByteBuffer buffer, int from, int end) {
    for (int i = from; i < end; i++) {
      if (buffer.get(i) == '@' && (i + 1 == end || buffer.get(i + 1) == '@')) {
        return i;
      }
    }
    return end;
  }

  /** Reads the marker and returns where to search on, or {@link #INCOMPLETE}. */
  private int line(ByteBuffer buffer, int marker, int end, long nowNs, Delays delays) {
    int numberEnd = digits(buffer, marker + 2, end);
    if (numberEnd >= end) {
      return INCOMPLETE;
    }
    if (numberEnd == marker + 2 || buffer.get(numberEnd) != ' ') {
      return marker + 1; // somebody else's at signs
    }
    long seq = parsed;
    if ((lines + number) % SAMPLE == 0) {
      int timeEnd = digits(buffer, numberEnd + 1, end);
      if (timeEnd >= end) {
        return INCOMPLETE;
      }
      if (parsed >= sinceNs) {
        delays.record(nowNs - parsed);
      }
    }
    count(seq);
    return marker + lineBytes;
  }

  private int digits(ByteBuffer buffer, int from, int end) {
    long value = 0;
    int i = from;
    while (i < end && i - from < 19) {
      int digit = buffer.get(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
      i++;
    }
    parsed = value;
    return i;
  }

  private void count(long seq) {
    lines++;
    if (!pick.has(seq)) {
      foreign++;
    } else if (first < 0) {
      first = seq;
      advance(seq);
    } else if (seq == next) {
      advance(seq);
    } else if (seq > next) {
      gaps += pick.count(next, seq);
      advance(seq);
    } else if (seq == last) {
      duplicates++;
    } else {
      reordered++;
    }
  }

  private void advance(long seq) {
    last = seq;
    next = pick.next(seq + 1);
  }

  private void carry(ByteBuffer buffer, int from, int end) {
    carried = end - from;
    buffer.get(from, carry, 0, carried);
  }

  int number() {
    return number;
  }

  int app() {
    return app;
  }

  long lines() {
    return lines;
  }

  /** The greatest number seen, or -1. */
  long last() {
    return last;
  }

  /** Of the lines before {@code nextSeq} those after the last seen that the viewer should get. */
  long missing(long nextSeq) {
    return pick.count(last + 1, nextSeq);
  }

  /** Of the lines before the first seen those that the viewer would have got. */
  long before() {
    return pick.count(0, first);
  }

  /** How many lines the router said it has not sent. */
  long told() {
    return told == null ? 0 : told.lines();
  }

  /** How many lines came that the viewer has not asked for. */
  long foreign() {
    return foreign;
  }

  /** How many of the viewer's numbers were passed over. */
  long gaps() {
    return gaps;
  }

  /** How many lines came twice in a row. */
  long duplicates() {
    return duplicates;
  }

  /** How many lines came after a later one, repetitions of older ones among them. */
  long reordered() {
    return reordered;
  }
}
