package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The few filters by which the blocks of a ring keep their selections, so that a line is judged
 * once however many read it by the same filter, in whatever format and on whatever lane.
 *
 * <p>A filter that live viewers have stays until the last of them leaves. One that somebody has
 * only read history by makes room for the next such, and is not kept at all if it is large. So a
 * client that sends new filters all the time leaves at most {@link #MOST} small ones behind. Any
 * thread may call this.
 */
final class JudgedFilters {

  /** Filters by which blocks keep their selections at the same time. */
  static final int MOST = 8;

  /** The largest filter that is kept for history alone, in bytes of the heap. */
  static final long LARGEST_OF_HISTORY = 8 << 10;

  private final Blocks blocks;
  private final LongConsumer account;
  private final Map<LineFilter, JudgedFilter> known = new ConcurrentHashMap<>(2);
  private final AtomicInteger places = new AtomicInteger(); // taken
  private final AtomicLong uses = new AtomicLong();

  /**
   * Knows none.
   *
   * @param account learns how many bytes more are held, or with a minus fewer
   */
  JudgedFilters(Blocks blocks, LongConsumer account) {
    this.blocks = blocks;
    this.account = account;
  }

  /** The filter as the ring knows it; null if nothing is kept by it. */
  @Nullable JudgedFilter find(LineFilter filter) {
    return filter.isAll() || known.isEmpty() ? null : known.get(filter);
  }

  /**
   * The filter as the ring knows it from now on: somebody is about to read by it. Null if nothing
   * is kept by it, since it lets everything through, is large, or live viewers have taken all
   * places.
   */
  @Nullable JudgedFilter enter(LineFilter filter) {
    return enter(filter, LARGEST_OF_HISTORY);
  }

  private @Nullable JudgedFilter enter(LineFilter filter, long largest) {
    if (filter.isAll()) {
      return null;
    }
    JudgedFilter found = known.get(filter);
    if (found == null && filter.bytes() <= largest && takePlace()) {
      found = add(filter);
    }
    if (found != null) {
      found.used(uses.incrementAndGet());
    }
    return found;
  }

  /** As {@link #enter}, for a format that live viewers begin to read. {@link #letGo} undoes it. */
  @Nullable JudgedFilter hold(LineFilter filter) {
    JudgedFilter found = enter(filter, Long.MAX_VALUE);
    if (found != null) {
      found.holders.incrementAndGet();
    }
    return found;
  }

  /** Undoes one {@link #hold}; the last one's selections go. */
  void letGo(@Nullable JudgedFilter held) {
    if (held != null && held.holders.decrementAndGet() == 0) {
      end(held);
    }
  }

  private JudgedFilter add(LineFilter filter) {
    var added = new JudgedFilter(filter);
    JudgedFilter other = known.putIfAbsent(filter, added);
    if (other != null) { // another lane was first
      places.decrementAndGet();
      return other;
    }
    account.accept(added.bytes());
    return added;
  }

  private boolean takePlace() {
    while (places.incrementAndGet() > MOST) {
      places.decrementAndGet();
      JudgedFilter oldest = oldestOfHistory();
      if (oldest == null) {
        return false;
      }
      end(oldest);
    }
    return true;
  }

  private @Nullable JudgedFilter oldestOfHistory() {
    JudgedFilter oldest = null;
    for (JudgedFilter one : known.values()) {
      if (one.holders.get() == 0 && (oldest == null || one.used() < oldest.used())) {
        oldest = one;
      }
    }
    return oldest;
  }

  /**
   * Forgets {@code filter} and its selections. Viewers that still read by it judge every line
   * themselves from now on. A thread that keeps a selection after this drops it again.
   */
  private void end(JudgedFilter filter) {
    if (known.remove(filter.filter(), filter)) {
      filter.end(); // first: a thread that adds a selection after the drop must see it
      account.accept(-filter.bytes() - blocks.drop(filter));
      places.decrementAndGet();
    }
  }

  /** How many filters there are. */
  int size() {
    return known.size();
  }
}
