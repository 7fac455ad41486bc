package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** By which filters blocks keep selections, and what that costs. */
@Timeout(20)
final class JudgedFiltersTest {

  private static final int BLOCKS = 20;

  private final RingBudget budget = Entries.budget();
  private final BlockRing ring =
      new BlockRing(
          Entries.LINEAGE, 0, new RingLimits(10_000, 8 << 20, Duration.ofMinutes(15)), budget);
  private final Encodings encodings = ring.encodings();
  private final JudgedFilters filters = encodings.filters();

  JudgedFiltersTest() {
    for (int i = 0; i < BLOCKS; i++) {
      ring.append(Entries.lines(i * 10 + 1, i * 10 + 10));
    }
  }

  private static LineFilter machine(int number) {
    return new LineFilter(Set.of(), Set.of("machine-%06d".formatted(number)));
  }

  private static Format format(int number) {
    return new Format(Entries.ENCODER, machine(number));
  }

  private List<Block> blocks() {
    return IntStream.range(0, BLOCKS)
        .mapToObj(i -> Objects.requireNonNull(ring.find(i * 10 + 1)))
        .toList();
  }

  /** Reads the whole ring as a client does that wants history; returns how many it judged. */
  private long read(int number) {
    long before = encodings.judged();
    var _ = filters.enter(machine(number));
    blocks().forEach(block -> encodings.selected(block, format(number), null));
    return encodings.judged() - before;
  }

  @Test
  void selections_areTheSameWhetherKeptOrNot() {
    var m1 = new LineFilter(Set.of(), Set.of("m1"));
    JudgedFilter known = Objects.requireNonNull(filters.enter(m1));
    for (Block block : blocks()) {
      Selection fresh = block.selected(m1);
      Selection kept = encodings.selected(block, m1, known);
      for (long seq = block.firstSeq(); seq <= block.lastSeq(); seq++) {
        assertThat(kept.passes(seq)).isEqualTo(fresh.passes(seq)).isEqualTo(seq % 2 == 1);
      }
      assertThat(encodings.selected(block, m1, known)).isSameAs(kept);
    }
  }

  @Test
  void everNewFiltersOfHistory_leaveFewBehind() {
    long before = budget.used();
    for (int i = 0; i < JudgedFilters.MOST; i++) {
      read(i);
    }
    long most = budget.used();
    for (int i = 0; i < 1_000; i++) {
      assertThat(read(100 + i)).isEqualTo(BLOCKS * 10);
    }
    assertThat(filters.size()).isEqualTo(JudgedFilters.MOST);
    assertThat(budget.used()).isGreaterThan(before).isLessThanOrEqualTo(most);
  }

  @Test
  void largeFilterOfHistory_isNotKept() {
    long before = budget.used();
    Set<String> names =
        IntStream.range(0, 100)
            .mapToObj(i -> "machine-" + "x".repeat(90) + i)
            .collect(Collectors.toSet());
    var large = new Format(Entries.ENCODER, new LineFilter(Set.of(), names));
    assertThat(filters.enter(large.filter())).isNull();
    assertThat(budget.used()).isEqualTo(before);
    assertThat(encodings.join(large).judged()).isNotNull();
  }

  @Test
  void filterThatWasUsedLast_staysLongest() {
    for (int i = 0; i < JudgedFilters.MOST; i++) {
      read(i);
    }
    assertThat(read(0)).isZero();
    read(99); // in the place of 1
    assertThat(read(0)).isZero();
    assertThat(read(1)).isEqualTo(BLOCKS * 10);
  }

  @Test
  void filtersOfLiveViewers_stayWhateverHistoryIsRead() {
    List<Shared> live = new ArrayList<>();
    for (int i = 0; i < JudgedFilters.MOST; i++) {
      live.add(encodings.join(format(i)));
      read(i);
    }
    assertThat(filters.enter(machine(99))).isNull();
    assertThat(read(99)).isEqualTo(BLOCKS * 10);
    assertThat(read(99)).isEqualTo(BLOCKS * 10);
    assertThat(read(0)).isZero();
    live.forEach(encodings::leave);
    assertThat(filters.size()).isZero();
  }

  @Test
  void selections_goWithTheLastOfTheirFormats() {
    long before = budget.used();
    Shared one = encodings.join(format(1));
    read(1);
    assertThat(budget.used()).isGreaterThan(before + BLOCKS * 64);
    encodings.leave(one);
    assertThat(budget.used()).isEqualTo(before);
  }

  @Test
  void selectionKeptAfterItsFilterHasGone_isNotCountedForEver() {
    long before = budget.used();
    Shared one = encodings.join(format(1));
    JudgedFilter known = Objects.requireNonNull(one.judged());
    encodings.leave(one);
    var _ = encodings.selected(blocks().getFirst(), known.filter(), known);
    assertThat(budget.used()).isEqualTo(before);
  }

  @Test
  void evictedBlocks_takeTheirSelectionsWithThem() {
    Shared one = encodings.join(format(1));
    long before = budget.used();
    long lines = blocks().stream().mapToLong(Block::bytes).sum();
    read(1);
    ring.clear();
    assertThat(budget.used()).isEqualTo(before - lines);
    encodings.leave(one);
  }
}
