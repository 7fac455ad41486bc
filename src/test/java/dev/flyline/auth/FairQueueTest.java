package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose entry is next, and whose finds no place. */
@Timeout(30)
final class FairQueueTest {

  private final FairQueue<String> queue = new FairQueue<>(6, 4);

  private void offer(String address, int from, int to) {
    for (int i = from; i <= to; i++) {
      assertThat(queue.offer(address, address + i)).isNull();
    }
  }

  private List<String> all() {
    var all = new ArrayList<String>();
    for (String next = queue.poll(); next != null; next = queue.poll()) {
      all.add(next);
    }
    return all;
  }

  @Test
  void addresses_takeTurns() {
    offer("a", 1, 3);
    offer("b", 1, 2);
    offer("c", 1, 1);

    assertThat(all()).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
    assertThat(queue.size()).isZero();
  }

  @Test
  void addressThatComesLate_waitsForOneOfEachOther() {
    offer("a", 1, 4);
    assertThat(queue.poll()).isEqualTo("a1");
    offer("b", 1, 1);

    assertThat(all()).containsExactly("a2", "b1", "a3", "a4");
  }

  @Test
  void addressWithTooMany_isRefusedItsNext() {
    offer("a", 1, 4);

    assertThat(queue.offer("a", "a5")).isEqualTo("a5");
    assertThat(queue.size()).isEqualTo(4);
  }

  @Test
  void fullQueue_makesRoomAtTheCostOfTheAddressWithMost() {
    offer("a", 1, 4);
    offer("b", 1, 2);

    assertThat(queue.offer("c", "c1")).isEqualTo("a4");
    assertThat(queue.offer("c", "c2")).isEqualTo("a3");
    assertThat(queue.offer("c", "c3")).as("has most itself").isEqualTo("c3");
    assertThat(all()).containsExactly("a1", "b1", "c1", "a2", "b2", "c2");
  }

  @Test
  void fullQueueOfEquals_refusesANewcomer() {
    for (int i = 1; i <= 6; i++) {
      offer("a" + i, 1, 1);
    }

    assertThat(queue.offer("b", "b1")).isEqualTo("b1");
    assertThat(all()).hasSize(6).doesNotContain("b1");
    offer("b", 2, 2);
    assertThat(all()).containsExactly("b2");
  }

  @Test
  void emptyQueue_hasNothing() {
    assertThat(queue.poll()).isNull();
  }
}
