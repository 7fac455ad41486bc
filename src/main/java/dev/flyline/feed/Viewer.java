package dev.flyline.feed;

import dev.flyline.filter.FilterExpression;
import dev.flyline.log.Lineage;
import dev.flyline.log.Position;
import org.jspecify.annotations.Nullable;

/**
 * One client's place in an app's log: a position, not a queue.
 *
 * <p>It is in one of three states. <em>Live</em>: it has read all that its cohort has, and gets
 * what the cohort gets. <em>Behind</em>: it reads the ring on its own as its socket takes more,
 * until it has caught up. <em>Paused</em>: behind, and reads nothing.
 *
 * <p>Belongs to the event loop of its socket.
 */
public final class Viewer {

  /** What the client's side learns. */
  public interface Listener {
    /** The log is there; called once, before the first bytes. */
    void opened(Opened opened);

    /**
     * The filter has changed: it holds for everything after {@code opened.at()}. Called before the
     * first bytes that it decides.
     */
    void filtered(Opened opened);

    /** The owner has not been found for a while; called at most once, before {@link #opened}. */
    void waiting();

    /** Everything that was asked for has been written; only without {@link ViewRequest#follow}. */
    void finished();
  }

  /**
   * What a client is told first.
   *
   * @param filter by which everything after {@code at} is judged
   */
  public record Opened(
      String epoch, long oldest, long head, Position at, FilterExpression filter) {}

  /** Bytes gathered for one write of a viewer that is behind. */
  private static final int CHUNK_BYTES = 64 * 1024;

  /** A viewer that is behind has this part of its app's turn. */
  private static final int PART_OF_TURN = 4;

  ViewRequest request; // another one when the filter has changed
  final Sink sink;
  final Listener listener;
  private final FeedLane lane;

  private @Nullable BlockRing ring; // set when the log is there
  private @Nullable Cohort cohort; // set with the ring if this viewer follows
  private @Nullable Cursor own; // set when the log is there; stale while live
  private long leftAfter; // where it goes on if it saw more than the two rings have in common
  private @Nullable Lineage left; // set from when the ring is replaced to going on in the new one
  int memberIndex = -1; // place among the cohort's viewers
  int liveIndex = -1; // place among the cohort's live viewers, or -1 if behind
  private boolean paused;
  private boolean pumping;
  private boolean turnDue; // reads on in a turn of its own
  private @Nullable BlockRing prepared; // set when it is filled as far as this viewer needs it
  private boolean preparing;
  private boolean toldWaiting;
  private boolean changeDue; // the client is to be told that its filter has changed
  private @Nullable ViewRequest recalling; // set while older lines are fetched for a new filter
  private boolean closed;
  private long lastWriteMs;
  private long servedTo; // the cohort's next seq after the last write of a live viewer
  private long end; // the last seq that is history; without follow, also the last to send

  Viewer(FeedLane lane, ViewRequest request, Sink sink, Listener listener) {
    this.lane = lane;
    this.request = request;
    this.sink = sink;
    this.listener = listener;
    this.lastWriteMs = lane.nowMs();
  }

  /** The position up to which the client has been served, or null if the log is not there yet. */
  public @Nullable Position at() {
    return cohort != null && liveIndex >= 0 ? cohort.cursor.at() : own == null ? null : own.at();
  }

  /** When bytes were last written to the client, in milliseconds since 1970. */
  public long lastWriteMs() {
    return lastWriteMs;
  }

  /** To be called when the client's side writes something of its own. */
  public void wrote() {
    lastWriteMs = lane.nowMs();
  }

  /** Stops or goes on reading; nothing is lost but what the ring loses meanwhile. */
  public void pause(boolean pause) {
    if (pause == paused || closed) {
      return;
    }
    paused = pause;
    if (!pause) {
      pump();
    } else if (liveIndex >= 0 && cohort != null) {
      fallBehind(cohort.cursor);
    }
  }

  private FilterExpression filter() {
    return request.format().filter().expression();
  }

  /**
   * Begins anew with the recent lines that {@code expression} lets through, or with the place that
   * has been reached if that comes first, so that nothing is left out. Before the log is there,
   * {@link Listener#opened} is the answer; else {@link Listener#filtered}. Must not be called
   * within a write.
   */
  public void filter(FilterExpression expression) {
    if (closed) {
      return;
    }
    ViewRequest changed = lane.interned(request.with(expression));
    lane.giveBack(request);
    if (own == null || cohort == null) {
      request = changed;
    } else {
      if (liveIndex >= 0) {
        fallBehind(cohort.cursor);
      }
      cohort = lane.move(this, cohort, changed);
      recall(changed);
    }
    changeDue = own != null;
    pump();
  }

  /** Goes back to the recent lines of {@code changed}, now or when the log holds them. */
  private void recall(ViewRequest changed) {
    recalling = null;
    BlockRing log = ring;
    if (log == null || left != null) {
      return; // in another branch it goes on from where it is
    }
    var need = new Need(changed.recent(), log.head());
    if (need.isCovered(log)) {
      goBack(log, need);
      return;
    }
    recalling = changed;
    lane.prepared(need)
        .onComplete(filled -> lane.later(() -> recalled(changed, need, filled.result())));
  }

  @SuppressWarnings("ReferenceEquality") // the very question that is asked last
  private void recalled(ViewRequest changed, Need need, @Nullable BlockRing filled) {
    if (recalling != changed || closed) {
      return;
    }
    recalling = null;
    if (filled != null && filled == ring && left == null) {
      goBack(filled, need);
    }
    pump();
  }

  private void goBack(BlockRing log, Need need) {
    Cursor place = own;
    if (place == null) {
      return;
    }
    Cursor start = new Start(need, log, log.head()).cursor();
    if (start.next < place.next) {
      end = Math.max(end, place.next - 1); // what has been seen is history
      place.set(start);
      servedTo = 0; // the same seqs may come again
    }
  }

  /** Tells the client of a change of its filter if it has not been told and its socket takes it. */
  public void tellFilter() {
    BlockRing log = ring;
    Cursor place = own;
    if (!changeDue || recalling != null || closed) {
      return;
    }
    if (log != null && place != null && sink.isWritable()) {
      changeDue = false;
      listener.filtered(new Opened(log.epoch(), log.oldest(), log.head(), place.at(), filter()));
    }
  }

  /** Ends the viewer; nothing is written any more. */
  public void close() {
    if (!closed) {
      closed = true;
      if (cohort != null) {
        cohort.leave(this);
      }
      lane.closed(this);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Begins to read {@code log}, on its own without a cohort.
   *
   * @param live the last seq when the client asked; what comes after it is no history
   */
  void open(BlockRing log, @Nullable Cohort with, long live, Pull pull) {
    ring = log;
    cohort = with;
    if (with != null) {
      with.join(this);
    } else {
      var _ = log.encodings().filters().enter(request.format().filter()); // others may want it too
    }
    long head = with == null ? log.head() : with.cursor.next - 1;
    end = head;
    var start = new Start(new Need(request, live), log, head);
    own = start.cursor();
    listener.opened(new Opened(log.epoch(), log.oldest(), head, start.told(), filter()));
    if (closed) {
      return;
    }
    pull.clear();
    start.tellGap(pull);
    write(pull);
    pump();
  }

  /**
   * Reads on if this viewer is behind and the socket takes more. To be called whenever the socket
   * becomes writable.
   */
  public void pump() {
    tellFilter();
    if (pumping || preparing || closed || paused || liveIndex >= 0 || ring == null || own == null) {
      return;
    }
    if (turnDue || changeDue) {
      return;
    }
    pumping = true; // a write may make the socket writable again before it returns
    if (left == null) {
      readOn(ring, own);
    } else if (sink.isWritable()) {
      goOn(ring, own, left);
    }
    pumping = false;
  }

  /**
   * The log has branched off: from now on reads {@code log}, from the place that it has reached.
   */
  void replaced(BlockRing log, long after) {
    if (liveIndex >= 0 && cohort != null) {
      fallBehind(cohort.cursor);
    }
    if (left == null && ring != null) {
      left = ring.lineage(); // of the ring that the place is from, whatever comes between
    }
    ring = log;
    leftAfter = after;
    prepared = null;
    servedTo = 0; // the same seqs may come again
  }

  private void goOn(BlockRing log, Cursor own, Lineage from) {
    var after = request.after(own.at());
    var need = new Need(after, Long.MAX_VALUE, from, leftAfter);
    if (log == prepared || need.isCovered(log)) {
      prepared = null;
      goOn(need, log, own);
      return;
    }
    preparing = true;
    lane.prepared(need)
        .onSuccess( // else nobody watches any more
            filled -> {
              preparing = false;
              prepared = filled;
              lane.later(this::pump); // the answer may have come at once, within a pump
            });
  }

  private void goOn(Need need, BlockRing log, Cursor own) {
    long head = cohort == null ? log.head() : cohort.cursor.next - 1;
    var start = new Start(need, log, head);
    left = null;
    own.set(start.cursor());
    Pull pull = lane.pull();
    pull.clear();
    start.tellGap(pull);
    write(pull);
    readOn(log, own);
  }

  /** Tells the client once that its log is still waited for. */
  void tellWaiting() {
    if (!toldWaiting && !closed && own == null) {
      toldWaiting = true;
      listener.waiting();
    }
  }

  private void readOn(BlockRing ring, Cursor own) {
    Pull pull = lane.pull();
    for (long spent = 0; sink.isWritable() && !closed && !paused; ) {
      long limit = cohort == null ? end : cohort.cursor.next - 1;
      boolean ahead = isAhead(own);
      if (own.next > limit && !ahead) {
        caughtUp();
        return;
      }
      if (ahead || spent >= lane.turnBytes() / PART_OF_TURN) {
        turnDue = true;
        lane.turns().add(request.app(), this::takeTurn);
        return;
      }
      read(ring, own, limit, pull);
      spent += Math.max(pull.work(), write(pull));
    }
  }

  private void takeTurn() {
    turnDue = false;
    if (own != null && cohort != null && isAhead(own)) {
      cohort.deliver(lane.turnBytes());
    }
    pump();
  }

  /** Whether it has come from a cohort that had read further, and must wait for its new one. */
  private boolean isAhead(Cursor own) {
    return cohort != null && own.next > cohort.cursor.next;
  }

  private void read(BlockRing ring, Cursor own, long limit, Pull pull) {
    Format format = request.format();
    Cohort with = cohort;
    Shared shared = with == null ? ring.encodings().live(format) : with.shared();
    boolean keep = with != null && with.isShared();
    boolean history = own.next <= end;
    int most = Math.min(CHUNK_BYTES, lane.turnBytes() / PART_OF_TURN);
    pull.read(request.app(), ring, format, own, limit, most, shared, keep);
    if (history) {
      request.history().accept(pull.scanned());
    }
  }

  private void caughtUp() {
    if (cohort != null) {
      cohort.add(this);
    } else {
      listener.finished();
    }
  }

  private int write(Pull pull) {
    if (pull.isEmpty()) {
      return 0;
    }
    pull.count(1);
    var bytes = pull.take(request.format(), sink.allocator());
    int size = bytes.readableBytes();
    sink.write(bytes);
    lane.wrote(size);
    wrote();
    return size;
  }

  /** Notes that what comes before {@code next} is being written; false if it has been already. */
  boolean served(long next) {
    if (servedTo == next) {
      return false;
    }
    servedTo = next;
    wrote();
    return true;
  }

  /** Leaves the live ones, having read up to {@code cursor}. */
  void fallBehind(Cursor cursor) {
    if (cohort != null) {
      cohort.remove(this);
    }
    own = new Cursor(cursor);
  }
}
