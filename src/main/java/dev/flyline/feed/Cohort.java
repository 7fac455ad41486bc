package dev.flyline.feed;

import dev.flyline.log.AppName;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live viewers of one app and format on one event loop. They have all read equally far, so what
 * comes next is gathered once and the very same buffer is written to each of them.
 */
final class Cohort {

  /** The most bytes gathered for one write to all. */
  private static final int CHUNK_BYTES = 256 * 1024;

  /** The least, if there is so much: a system call costs as much as to copy so many bytes. */
  private static final int LEAST_BYTES = 32 * 1024;

  private final AppName app;
  final Format format;
  final Cursor cursor;
  private final Cursor before; // where the cursor stood before what is being written
  private final FeedLane lane;
  private final List<Viewer> members = new ArrayList<>(1); // live or behind
  private final List<Viewer> live = new ArrayList<>(1);
  private BlockRing ring;
  private @Nullable Shared shared; // set while there are members

  Cohort(AppName app, Format format, BlockRing ring, FeedLane lane) {
    this.app = app;
    this.format = format;
    this.ring = ring;
    this.lane = lane;
    this.cursor = Cursor.atHead(ring);
    this.before = new Cursor(cursor);
  }

  /** Whether it has no viewer, live or behind. */
  boolean isUnused() {
    return members.isEmpty();
  }

  /** Takes in a viewer that reads on its own until it is {@link #add added} to those live. */
  void join(Viewer viewer) {
    if (shared == null) {
      shared = ring.encodings().join(format);
    }
    viewer.memberIndex = members.size();
    members.add(viewer);
  }

  /** Lets go of a viewer for good. */
  void leave(Viewer viewer) {
    if (viewer.liveIndex >= 0) {
      remove(viewer);
    }
    Viewer last = members.removeLast();
    if (last != viewer) {
      members.set(viewer.memberIndex, last);
      last.memberIndex = viewer.memberIndex;
    }
    viewer.memberIndex = -1;
    if (members.isEmpty()) {
      leaveRing();
    }
  }

  private void leaveRing() {
    Shared with = shared;
    if (with != null) {
      shared = null;
      ring.encodings().leave(with);
    }
  }

  /** The format as the ring knows it; null without members. */
  @Nullable Shared shared() {
    return shared;
  }

  /** Whether somebody else is likely to read what one member reads on its own. */
  boolean isShared() {
    return members.size() > 1 || isOnOtherLanes();
  }

  private boolean isOnOtherLanes() {
    Shared with = shared;
    return with != null && with.lanes() > 1;
  }

  /** Everybody goes on in {@code log}, each on its own from where it is; returns them. */
  List<Viewer> replaced(BlockRing log, long after) {
    for (Viewer viewer : members) {
      viewer.replaced(log, after);
    }
    leaveRing();
    ring = log;
    if (!members.isEmpty()) {
      shared = log.encodings().join(format);
    }
    cursor.moveToHead(log);
    return List.copyOf(members);
  }

  void add(Viewer viewer) {
    viewer.liveIndex = live.size();
    live.add(viewer);
  }

  void remove(Viewer viewer) {
    Viewer last = live.removeLast();
    if (last != viewer) {
      live.set(viewer.liveIndex, last);
      last.liveIndex = viewer.liveIndex;
    }
    viewer.liveIndex = -1;
  }

  /**
   * Writes what is new to those who can take it; the others fall behind. Ends when that has cost
   * more than {@code budget}, whatever is left.
   *
   * @return what it has cost: bytes written to all together, or what their filter has cost if that
   *     is more
   */
  long deliver(long budget) {
    Pull pull = lane.pull();
    long spent = 0;
    while (spent < budget && isDue()) {
      before.set(cursor);
      // On one lane alone one encoding serves all who are live.
      pull.read(app, ring, format, cursor, ring.head(), chunkBytes(), shared, isOnOtherLanes());
      spent += Math.max(pull.work(), (long) pull.size() * live.size());
      if (!pull.isEmpty()) {
        write(pull);
      }
    }
    if (live.isEmpty()) {
      cursor.moveToHead(ring); // those behind read for themselves, and only when they can
    }
    return spent;
  }

  /** Whether there is something new for somebody. */
  boolean isDue() {
    return !live.isEmpty() && cursor.next <= ring.head();
  }

  private int chunkBytes() {
    int turn = lane.turnBytes();
    return Math.clamp(turn / Math.max(1, live.size()), Math.min(LEAST_BYTES, turn), CHUNK_BYTES);
  }

  private void write(Pull pull) {
    for (int i = live.size() - 1; i >= 0; i--) { // downwards: whoever leaves swaps with the last
      if (!live.get(i).sink.isWritable()) {
        live.get(i).fallBehind(before);
      }
    }
    if (live.isEmpty()) {
      pull.clear();
      return;
    }
    pull.count(live.size());
    ByteBuf bytes = pull.take(format, live.getFirst().sink.allocator());
    lane.wrote((long) bytes.readableBytes() * live.size());
    if (live.size() == 1) {
      live.getFirst().served(cursor.next);
      live.getFirst().sink.write(bytes);
      return;
    }
    for (int i = live.size() - 1; i >= 0; i--) {
      Viewer viewer = live.get(i);
      if (viewer.served(cursor.next)) { // not moved here by another that left during a write
        viewer.sink.share(bytes);
      }
    }
    bytes.release();
  }
}
