package dev.flyline.ingest.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.metrics.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
final class ArrivalsTest {

  private final AtomicInteger wakes = new AtomicInteger();

  private Arrivals arrivals(int lines, long bytes) {
    return new Arrivals(lines, bytes, wakes::incrementAndGet, new Meters());
  }

  private static LogLine line(int n) {
    return new LogLine("fra", "m" + n, new byte[20], n);
  }

  private static List<String> drain(Arrivals arrivals) {
    List<String> taken = new ArrayList<>();
    for (Entry entry = arrivals.poll(99); entry != null; entry = arrivals.poll(99)) {
      taken.add(
          switch (entry) {
            case LogLine line -> line.machine();
            case Mark mark -> mark.cause() + " " + mark.lines();
          });
    }
    return taken;
  }

  @Test
  void offer_wakesOnceUntilTheLoopRests() {
    var arrivals = arrivals(64, 1 << 20);
    arrivals.offer(line(1));
    arrivals.offer(line(2));
    assertThat(wakes).hasValue(1);
    assertThat(drain(arrivals)).containsExactly("m1", "m2");
    assertThat(arrivals.rest(true)).isFalse();
    arrivals.offer(line(3));
    assertThat(wakes).hasValue(2);
  }

  @Test
  void rest_saysThatMoreHasCome() {
    var arrivals = arrivals(64, 1 << 20);
    arrivals.offer(line(1));
    assertThat(arrivals.rest(true)).isTrue();
    assertThat(wakes).hasValue(1); // whoever rested goes on itself
  }

  @Test
  void loopInNoHurry_isWokenOnlyForMuch() {
    var arrivals = arrivals(1_024, 1 << 20);
    assertThat(arrivals.rest(false)).isFalse();
    int offered = 0;
    for (int bytes = 0; bytes <= 64 * 1024; bytes += line(1).bytes()) {
      assertThat(wakes).hasValue(0);
      arrivals.offer(line(++offered));
    }
    assertThat(wakes).hasValue(1);
    assertThat(drain(arrivals)).hasSize(offered);
    assertThat(arrivals.rest(false)).isFalse();
    arrivals.offer(line(1));
    assertThat(wakes).hasValue(1);
    assertThat(arrivals.rest(true)).isTrue(); // in a hurry again: what has waited is due
  }

  @Test
  void loopInNoHurry_isWokenForALoss() {
    var arrivals = arrivals(16, 1 << 20);
    arrivals.rest(false);
    for (int i = 1; i <= 17; i++) {
      arrivals.offer(line(i));
    }
    assertThat(wakes).hasValue(1);
  }

  @Test
  void lineThatDoesNotFit_isCountedWhereItIsMissing() {
    var arrivals = arrivals(16, 1 << 20);
    for (int i = 1; i <= 19; i++) {
      arrivals.offer(line(i));
    }
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      taken.add(((LogLine) Objects.requireNonNull(arrivals.poll(99))).machine());
    }
    arrivals.offer(line(20));
    taken.addAll(drain(arrivals));
    assertThat(taken).startsWith("m1", "m2").endsWith("m16", "UPSTREAM 3", "m20").hasSize(18);
  }

  @Test
  void flood_isRefusedUntilHalfOfTheQueueIsFreeAndToldOfInOneMark() {
    var arrivals = arrivals(16, 1 << 20);
    for (int i = 1; i <= 17; i++) {
      assertThat(arrivals.overflows()).isFalse();
      arrivals.offer(line(i));
    }
    assertThat(arrivals.overflows()).isTrue();
    for (int i = 0; i < 7; i++) {
      arrivals.poll(99);
      assertThat(arrivals.overflows()).isTrue();
    }
    arrivals.poll(99);
    assertThat(arrivals.overflows()).isFalse();
    arrivals.offer(line(26));
    assertThat(drain(arrivals)).startsWith("m9").endsWith("m16", "UPSTREAM 9", "m26").hasSize(10);
  }

  @Test
  void linesLostAtTheEnd_areToldWhenNothingFollows() {
    var arrivals = arrivals(16, 1 << 20);
    for (int i = 1; i <= 20; i++) {
      arrivals.offer(line(i));
    }
    assertThat(drain(arrivals)).endsWith("m16", "UPSTREAM 4").hasSize(17);
    assertThat(arrivals.rest(true)).isFalse();
  }

  @Test
  void byteBound_holds() {
    var arrivals = arrivals(1_024, 10L * line(1).bytes());
    for (int i = 1; i <= 12; i++) {
      arrivals.offer(line(i));
    }
    assertThat(drain(arrivals)).endsWith("m10", "UPSTREAM 2").hasSize(11);
  }

  @Test
  void holeOfUnknownSizeThatDoesNotFit_staysUnknown() {
    var arrivals = arrivals(16, 1 << 20);
    for (int i = 1; i <= 17; i++) {
      arrivals.offer(line(i));
    }
    arrivals.offer(new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, 18));
    assertThat(drain(arrivals)).endsWith("m16", "UPSTREAM -1").hasSize(17);
  }
}
