package dev.flyline.feed;

import dev.flyline.bus.LogBus;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import dev.flyline.log.PlacedMark;
import dev.flyline.log.Position;
import dev.flyline.log.Term;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An owner that keeps all of its log and shows as much of it as a test wants. Belongs to the app's
 * home lane, but for {@link #lineages}.
 */
final class FakeLog implements Owner {

  /** The terms up to each epoch there ever was. */
  final Map<String, Lineage> lineages = new ConcurrentHashMap<>();

  private final LogBus bus;
  private final RingLimits limits;
  private final List<LogBatch> all = new ArrayList<>(); // of this branch, with holes
  private Lineage lineage = Lineage.NONE;
  private BlockRing ring;
  private @Nullable Watcher watcher; // set while somebody watches
  private int chunk = 20;
  private long head;
  int watches;
  int olderAsked;
  int newerAsked;
  @Nullable Promise<Void> watchAnswer; // set if it is to come later
  @Nullable Promise<Void> olderAnswer; // set if it is to come later
  Runnable onNewer = () -> {};
  Runnable onWatch = () -> {};
  Runnable onUnwatch = () -> {};

  FakeLog(LogBus bus, RingLimits limits) {
    this.bus = bus;
    this.limits = limits;
    term();
    this.ring = new BlockRing(lineage, 0, limits, Entries.budget());
  }

  String epoch() {
    return lineage.newest().epoch();
  }

  long head() {
    return head;
  }

  Position position() {
    return new Position(epoch(), head);
  }

  BlockRing ring() {
    return ring;
  }

  /** So many entries come with each answer to {@link #older}. */
  void chunk(int entries) {
    chunk = entries;
  }

  /** A new term begins after what there is, without a word to the ring until it needs it. */
  void term() {
    long counter = lineage.isEmpty() ? 1 : lineage.newest().counter() + 1;
    lineage = lineage.then(new Term(counter, "n" + lineages.size(), head));
    lineages.put(epoch(), lineage);
  }

  void append(int lines) {
    add(Entries.lines(epoch(), head + 1, head + lines));
  }

  void mark() {
    add(Entries.mark(epoch(), head + 1));
  }

  private void add(LogBatch batch) {
    all.add(batch);
    head = batch.lastSeq();
    ring.lineage(lineage);
    ring.append(batch);
    if (watcher != null) {
      bus.publish(batch);
    }
  }

  /** Loses {@code lines} that nobody has any more, and one line after them. */
  void skip(int lines) {
    head += lines;
    ring.lineage(lineage);
    ring.skipTo(head, List.of());
    append(1);
  }

  /** From now on has nothing up to {@code seq}, where a batch ends. */
  void forget(long seq) {
    all.removeIf(batch -> batch.lastSeq() <= seq);
  }

  /**
   * What was numbered after {@code seq} was another branch; this one goes on with {@code lines} in
   * a new term, and a new ring holds the newest {@code entries} of it or a few more.
   */
  void branch(long seq, int lines, int entries) {
    branch(seq, lines, entries, -1);
  }

  /** The same, where viewers that saw more than {@code seq} go on after {@code after}. */
  void branch(long seq, int lines, int entries, long after) {
    List<LogBatch> kept = new ArrayList<>();
    for (LogBatch batch : all) {
      if (batch.firstSeq() <= seq) {
        kept.add(batch.slice(batch.firstSeq(), Math.min(seq, batch.lastSeq())));
      }
    }
    all.clear();
    all.addAll(kept);
    long counter = lineage.newest().counter() + 1;
    List<Term> terms = new ArrayList<>(lineage.terms());
    terms.removeIf(term -> term.after() > seq);
    head = seq;
    lineage = new Lineage(terms).then(new Term(counter, "n" + lineages.size(), head));
    lineages.put(epoch(), lineage);
    if (lines > 0) {
      all.add(Entries.lines(epoch(), head + 1, head + lines));
      head += lines;
    }
    replace(entries, after);
  }

  /** Replaces the ring by one that holds the newest {@code entries} or a few more. */
  void replace(int entries) {
    replace(entries, -1);
  }

  private void replace(int entries, long after) {
    int from = all.size();
    long first = head + 1;
    while (from > 0 && head + 1 - first < entries && all.get(from - 1).lastSeq() == first - 1) {
      first = all.get(--from).firstSeq();
    }
    ring = BlockRing.unfilled(lineage, first - 1, limits, Entries.budget());
    all.subList(from, all.size()).forEach(ring::append);
    if (ring.head() < head) {
      ring.skipTo(head, List.of()); // a hole right before the branch
    }
    if (watcher != null) {
      watcher.replaced(ring, after);
    }
  }

  @Override
  public Future<Answer> watch(AppName app, Watcher watching) {
    watches++;
    onWatch.run();
    watcher = watching;
    long live = ring.head();
    return watchAnswer == null
        ? Future.succeededFuture(new Answer(ring, live))
        : watchAnswer.future().map(_ -> new Answer(ring, live));
  }

  @Override
  public void unwatch(AppName app) {
    watcher = null;
    onUnwatch.run();
  }

  @Override
  public Future<BlockRing> recent(AppName app) {
    return Future.succeededFuture(ring);
  }

  @Override
  public Future<Void> older(AppName app, long from) {
    olderAsked++;
    return olderAnswer == null
        ? Future.future(
            promise -> {
              fill(from);
              promise.complete();
            })
        : olderAnswer.future().onSuccess(_ -> fill(from));
  }

  @Override
  public Future<Void> newer(AppName app) {
    newerAsked++;
    onNewer.run();
    return Future.succeededFuture();
  }

  /** Puts a few older entries into the ring, or says that there are none. */
  private void fill(long from) {
    long oldest = ring.oldest();
    for (LogBatch batch : all) {
      if (batch.firstSeq() < oldest && oldest - 1 <= batch.lastSeq()) {
        long first = Math.max(batch.firstSeq(), Math.max(oldest - chunk, from));
        ring.prepend(batch.slice(Math.min(first, oldest - 1), oldest - 1));
        return;
      }
    }
    if (oldest == 1) {
      ring.completed(lineage.terms().getFirst().epoch(), 0, List.of());
    } else { // before a hole
      ring.completed(lineage.epochAt(oldest - 1), Long.MAX_VALUE, marksBefore(oldest));
    }
  }

  private List<PlacedMark> marksBefore(long oldest) {
    List<PlacedMark> marks = new ArrayList<>();
    for (LogBatch batch : all) {
      if (batch.lastSeq() < oldest && batch.entries().getFirst() instanceof Mark mark) {
        marks.add(new PlacedMark(batch.epoch(), batch.firstSeq(), mark));
      }
    }
    return marks;
  }

  /** The terms up to {@code epoch}, which there must have been. */
  Lineage upTo(String epoch) {
    return Objects.requireNonNull(lineages.get(epoch), "an epoch that never was");
  }
}
