package dev.flyline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class PickTest {

  @Test
  void count_isThatOfTheLinesPicked() {
    for (Wish wish : Wish.values()) {
      for (int viewer = 0; viewer < Sources.MANY; viewer++) {
        Pick pick = wish.pick(viewer);
        for (long from = 0; from < 45; from++) {
          long to = from * 3;
          assertThat(pick.count(from, to))
              .isEqualTo(LongStream.range(from, to).filter(pick::has).count());
        }
      }
    }
  }

  @Test
  void next_isTheFirstFromThereOn() {
    Pick pick = Pick.of(20, IntStream.of(3, 7));
    assertThat(pick.next(3)).isEqualTo(3);
    assertThat(pick.next(4)).isEqualTo(7);
    assertThat(pick.next(8)).isEqualTo(23);
  }

  @Test
  void query_asksForTheMachinesPicked() {
    assertThat(Wish.NARROW.query(1)).isEqualTo("tail=0&region=ams");
    assertThat(Wish.NARROW.pick(1)).isEqualTo(Pick.of(20, IntStream.of(1, 6, 11, 16)));
    assertThat(Wish.NARROW.query(27)).isEqualTo("tail=0&machine=d896d7c609dd07");
    assertThat(Wish.NARROW.pick(27)).isEqualTo(Pick.of(20, IntStream.of(7)));
    assertThat(Wish.WIDE.query(0)).doesNotContain("dd00").contains("dd01,").endsWith("dd19");
  }
}
