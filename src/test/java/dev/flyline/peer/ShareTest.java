package dev.flyline.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which lines go to a peer that has not acknowledged what is on its way to it. */
@Timeout(30)
final class ShareTest {

  private static final AppName BUSY = new AppName("busy");
  private static final AppName QUIET = new AppName("quiet");
  private static final long WHILE_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long CROWDED = Share.CROWDED + 1;

  private final Share share = new Share();
  private long nowNs = 1_000_000_000_000L;

  private boolean admits(AppMessage message, long size, long onTheWay) {
    return share.admits(message, size, onTheWay, nowNs);
  }

  private static AppMessage lines(AppName app) {
    var line = new LogLine("fra", "1", new byte[1], 1);
    return new AppMessage.Lines(new LogBatch(app, "1-b", 1, List.of(line)), 0, true);
  }

  private static AppMessage older(AppName app) {
    return new AppMessage.Range(app, "1-b", true, 1, List.of(), false, null);
  }

  private static AppMessage missed(AppName app) {
    return new AppMessage.Range(app, "1-b", false, 1, List.of(), false, null);
  }

  @Test
  void olderLines_waitForLiveOnes() {
    assertThat(admits(older(QUIET), 1, 256 << 10)).isTrue();
    assertThat(admits(older(QUIET), 1, (256 << 10) + 1)).isFalse();
    assertThat(admits(lines(QUIET), 1, (256 << 10) + 1)).isTrue();
    assertThat(admits(missed(QUIET), 1, (256 << 10) + 1)).isTrue();
  }

  @Test
  void lines_goWhateverTheirSize_untilTheLinkIsCrowded() {
    for (AppMessage message : List.of(lines(BUSY), missed(BUSY))) {
      assertThat(admits(message, 1 << 30, 2 << 20)).isTrue();
      assertThat(admits(message, 1 << 30, (2 << 20) + 1)).isFalse();
    }
  }

  @Test
  void crowdedLink_givesEachAppItsShareAndNoMore() {
    for (AppMessage message : List.of(lines(BUSY), missed(QUIET))) {
      assertThat(admits(message, 100 << 10, CROWDED)).isTrue();
      assertThat(admits(message, 28 << 10, CROWDED)).as("to the last byte").isTrue();
      assertThat(admits(message, 1, CROWDED)).isFalse();
    }
    assertThat(admits(lines(new AppName("third")), 1, CROWDED)).isTrue();
  }

  /** Live lines and those that were missed count together. */
  @Test
  void share_isOfAllLinesOfAnApp() {
    assertThat(admits(lines(BUSY), 100 << 10, CROWDED)).isTrue();
    assertThat(admits(missed(BUSY), 29 << 10, CROWDED)).isFalse();
    assertThat(admits(missed(QUIET), 29 << 10, CROWDED)).isTrue();
  }

  @Test
  void share_isThereAgainAfterAWhile() {
    assertThat(admits(lines(BUSY), 128 << 10, CROWDED)).isTrue();
    nowNs += WHILE_NS;
    assertThat(admits(lines(BUSY), 1, CROWDED)).isFalse();
    nowNs++;
    assertThat(admits(lines(BUSY), 128 << 10, CROWDED)).isTrue();
    nowNs += WHILE_NS;
    assertThat(admits(lines(BUSY), 1, CROWDED)).as("a while later").isFalse();
  }

  @Test
  void linkAtItsBound_takesNoLines() {
    assertThat(admits(lines(QUIET), 1, 4 << 20)).isTrue();
    for (AppMessage message : List.of(lines(QUIET), missed(QUIET), older(QUIET))) {
      assertThat(admits(message, 1, (4 << 20) + 1)).isFalse();
    }
  }

  @Test
  void whatIsNoLine_goesAlways() {
    assertThat(admits(new AppMessage.Look(QUIET), 1 << 30, Long.MAX_VALUE)).isTrue();
  }
}
