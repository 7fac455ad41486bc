package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Few are looked through, many are counted; nobody can tell. */
final class UnmatchedLinesTest {

  private static final int SEEDS = 200;

  private record Line(long hash) implements UnmatchedLines.Hashed {}

  private final UnmatchedLines<Line> waiting = new UnmatchedLines<>();

  @Test
  void fewAndMany_areFoundByTheirHashes() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      List<Line> expected = new ArrayList<>();
      int most = 1 + random.nextInt(4 * UnmatchedLines.FEW);
      for (int step = 0; step < 300; step++) {
        if (expected.isEmpty() || (expected.size() < most && random.nextBoolean())) {
          var line = new Line(random.nextInt(UnmatchedLines.FEW));
          waiting.add(line);
          expected.add(line);
        } else if (random.nextInt(50) == 0) {
          waiting.clear();
          expected.clear();
        } else {
          assertThat(waiting.first()).isEqualTo(expected.getFirst());
          assertThat(waiting.remove()).isEqualTo(expected.removeFirst());
        }
        var asked = new Line(random.nextInt(UnmatchedLines.FEW));
        assertThat(waiting.contains(asked.hash))
            .as("seed %d, step %d", seed, step)
            .isEqualTo(expected.contains(asked));
        assertThat(waiting.isEmpty()).isEqualTo(expected.isEmpty());
      }
      List<Line> drained = new ArrayList<>();
      waiting.drainTo(drained);
      assertThat(drained).isEqualTo(expected);
      assertThat(waiting.first()).isNull();
    }
  }
}
