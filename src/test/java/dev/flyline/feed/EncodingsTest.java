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

/** What the encodings of a ring cost, whatever filters its readers ask for. */
@Timeout(20)
final class EncodingsTest {

  private static final int BLOCKS = 20;

  private final RingBudget budget = Entries.budget();
  private final BlockRing ring =
      new BlockRing(
          Entries.LINEAGE, 0, new RingLimits(10_000, 8 << 20, Duration.ofMinutes(15)), budget);
  private final Encodings encodings = ring.encodings();

  EncodingsTest() {
    for (int i = 0; i < BLOCKS; i++) {
      ring.append(Entries.lines(i * 10 + 1, i * 10 + 10));
    }
  }

  /** A filter that names a hundred machines, none of them twice. */
  private static Format machines(int number) {
    Set<String> names =
        IntStream.range(0, 100)
            .mapToObj(i -> "machine-%06d-%03d".formatted(number, i))
            .collect(Collectors.toSet());
    return new Format(Entries.ENCODER, new LineFilter(Set.of(), names));
  }

  private List<Block> blocks() {
    return IntStream.range(0, BLOCKS)
        .mapToObj(i -> Objects.requireNonNull(ring.find(i * 10 + 1)))
        .toList();
  }

  /** Reads the whole ring, as a client does that wants history in {@code format}. */
  private void read(Format format, boolean keep) {
    Shared shared = encodings.live(format);
    blocks().forEach(block -> ring.encoded(block, format, shared, keep));
  }

  @Test
  void everNewFiltersOfHistory_leaveNothing() {
    long before = budget.used();
    for (int i = 0; i < 1_000; i++) {
      read(machines(i), true);
    }
    assertThat(blocks()).allMatch(block -> block.encodings() == 0);
    assertThat(encodings.formats()).isZero();
    assertThat(budget.used()).isEqualTo(before);
  }

  @Test
  void formatsOfLiveViewers_areKeptUpToEightPerBlock() {
    for (int i = 0; i < 50; i++) {
      encodings.join(machines(i));
      read(machines(i), true);
    }
    assertThat(blocks()).allMatch(block -> block.encodings() == Encodings.MOST_FORMATS);
  }

  @Test
  void formatOfALiveViewer_isCountedWithItsFilter() {
    long before = budget.used();
    Format format = machines(1);
    Shared shared = encodings.join(format);
    int characters = format.filter().machines().stream().mapToInt(String::length).sum();
    assertThat(budget.used() - before).isGreaterThan(characters + 100 * 40);
    encodings.leave(shared);
    assertThat(budget.used()).isEqualTo(before);
  }

  @Test
  void encodings_goWithTheLastOfTheirViewersAndMakeRoomForOthers() {
    long before = budget.used();
    List<Shared> joined = new ArrayList<>();
    for (int i = 0; i < Encodings.MOST_FORMATS; i++) {
      joined.add(encodings.join(machines(i)));
      joined.add(encodings.join(machines(i))); // on a second lane
      read(machines(i), true);
    }
    for (int i = 0; i < joined.size(); i += 2) {
      encodings.leave(joined.get(i));
    }
    assertThat(blocks()).allMatch(block -> block.encodings() == Encodings.MOST_FORMATS);
    encodings.leave(joined.getLast());
    assertThat(blocks()).allMatch(block -> block.encodings() == Encodings.MOST_FORMATS - 1);

    Shared another = encodings.join(machines(99));
    read(machines(99), true);
    assertThat(blocks()).allMatch(block -> block.encodings() == Encodings.MOST_FORMATS);
    encodings.leave(another);
    for (int i = 1; i < joined.size() - 1; i += 2) {
      encodings.leave(joined.get(i));
    }
    assertThat(blocks()).allMatch(block -> block.encodings() == 0);
    assertThat(budget.used()).isEqualTo(before);
  }

  @Test
  void historyInAFormatThatIsLive_takesTheBytesThatAreThere() {
    Shared shared = encodings.join(Entries.FORMAT);
    Block block = blocks().getFirst();
    byte[] kept = ring.encoded(block, Entries.FORMAT, shared, true);
    assertThat(ring.encoded(block, Entries.FORMAT, encodings.live(Entries.FORMAT), false))
        .isSameAs(kept);
  }
}
