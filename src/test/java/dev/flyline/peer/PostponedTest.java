package dev.flyline.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PostponedTest {

  private static final AppName APP = new AppName("shop");
  private static final AppName OTHER = new AppName("blog");
  private static final String EPOCH = "1-b";
  private static final AppMessage.@Nullable Lost NOTHING = null;
  private static final AppMessage.Lost LOST = new AppMessage.Lost(EPOCH, 1, List.of());

  private final Set<String> full = new HashSet<>(Set.of("b", "c"));
  private final List<String> asked = new ArrayList<>();
  private final Postponed postponed =
      new Postponed(
          (node, _) -> !full.contains(node), (node, fetch) -> asked.add(node + ' ' + fetch));

  private static AppMessage.Range forward(AppName app, long first, AppMessage.@Nullable Lost lost) {
    return new AppMessage.Range(app, EPOCH, false, first, List.of(), false, lost);
  }

  private static String question(String node, AppName app, long from) {
    return node + ' ' + new AppMessage.Fetch(app, EPOCH, from, 0);
  }

  private static long ms(long count) {
    return TimeUnit.MILLISECONDS.toNanos(count);
  }

  @Test
  void question_isPutAgainOnceThereIsRoom() {
    postponed.add("b", forward(APP, 7, NOTHING), 0);
    postponed.resume(ms(5));
    assertThat(asked).isEmpty();

    full.remove("b");
    postponed.resume(ms(10));
    postponed.resume(ms(15));
    assertThat(asked).containsExactly(question("b", APP, 7));
    assertThat(postponed.isEmpty()).isTrue();
  }

  @Test
  void questions_arePutInTheirOrder_andThoseOfAFullRouterWait() {
    postponed.add("b", forward(APP, 7, NOTHING), 0);
    postponed.add("c", forward(APP, 8, NOTHING), 0);
    postponed.add("b", forward(OTHER, 9, NOTHING), 0);
    full.remove("b");
    postponed.resume(ms(5));

    assertThat(asked).containsExactly(question("b", APP, 7), question("b", OTHER, 9));
    assertThat(postponed.isEmpty()).isFalse();
  }

  @Test
  void onlySoManyQuestionsAreKept() {
    for (int i = 0; i < 10_100; i++) {
      postponed.add("b", forward(new AppName("app-" + i), 1, NOTHING), 0);
    }
    full.clear();
    postponed.resume(ms(5));

    assertThat(asked).hasSize(10_000);
  }

  @Test
  void laterQuestionForAnApp_takesThePlaceOfTheOneBefore() {
    postponed.add("b", forward(APP, 7, NOTHING), 0);
    postponed.add("b", forward(APP, 9, NOTHING), ms(5));
    full.clear();
    postponed.resume(ms(10));

    assertThat(asked).containsExactly(question("b", APP, 9));
  }

  @Test
  void questionThatIsAskedAgainAnyway_isForgotten() {
    postponed.add("b", forward(APP, 7, NOTHING), 0);
    full.clear();
    postponed.resume(ms(2_001));

    assertThat(asked).isEmpty();
    assertThat(postponed.isEmpty()).isTrue();
  }

  /** The answer said that lines are gone, and has to say so the next time, too. */
  @Test
  void questionForLinesThatAreGone_isForAllThatThereIs() {
    postponed.add("b", forward(APP, 7, LOST), 0);
    full.clear();
    postponed.resume(ms(5));

    assertThat(asked).containsExactly(question("b", APP, 1));
  }

  private static AppMessage.Range older(long first, LogBatch... batches) {
    return new AppMessage.Range(APP, EPOCH, true, first, List.of(batches), false, NOTHING);
  }

  private static LogBatch batch(long first, int lines) {
    var line = new LogLine("ams", "m", new byte[] {'{', '}'}, 1);
    return new LogBatch(APP, EPOCH, first, Collections.nCopies(lines, line));
  }

  /** Viewers who come back with a position wait for them, all of a dead router's at once. */
  @Test
  void questionForOlderLines_isPutAgain_forJustThose() {
    postponed.add("b", older(7, batch(7, 3), batch(10, 2)), 0);
    postponed.add("c", older(7), 0);
    full.clear();
    postponed.resume(ms(5));

    assertThat(asked)
        .containsExactly(
            "b " + new AppMessage.Fetch(APP, EPOCH, 7, 12),
            "c " + new AppMessage.Fetch(APP, EPOCH, 7, 7));
  }

  @Test
  void olderLines_waitForMoreRoomThanMissedOnes_andTakeNotTheirPlace() {
    List<String> again = new ArrayList<>();
    var some = new Postponed((_, older) -> !older, (node, fetch) -> again.add(node + ' ' + fetch));
    some.add("b", older(7, batch(7, 3)), 0);
    some.add("b", forward(APP, 20, NOTHING), 0);
    some.resume(ms(5));

    assertThat(again).containsExactly(question("b", APP, 20));
    assertThat(some.isEmpty()).isFalse();
  }

  /** Its turn is not lost when the router that waits asks again, as it does after a second. */
  @Test
  void questionThatIsAskedAgain_keepsItsTurn() {
    postponed.add("b", forward(APP, 7, NOTHING), 0);
    postponed.add("b", forward(OTHER, 8, NOTHING), ms(900));
    postponed.add("b", forward(APP, 7, NOTHING), ms(1_200));
    full.clear();
    postponed.resume(ms(2_500));

    assertThat(asked).containsExactly(question("b", APP, 7), question("b", OTHER, 8));
  }

  /** It is full again at once, and the question comes back while the others are looked at. */
  @Test
  void questionThatIsPostponedOnceMore_waitsOn() {
    List<Postponed> self = new ArrayList<>();
    var echoing =
        new Postponed(
            (node, _) -> !full.contains(node),
            (node, fetch) -> {
              asked.add(node + ' ' + fetch);
              self.getFirst().add(node, forward(fetch.app(), 7, NOTHING), ms(5));
              full.add(node);
            });
    self.add(echoing);
    echoing.add("b", forward(APP, 7, NOTHING), 0);
    echoing.add("b", forward(OTHER, 7, NOTHING), 0);
    full.clear();
    echoing.resume(ms(5));
    assertThat(asked).containsExactly(question("b", APP, 7));

    full.clear();
    echoing.resume(ms(10));
    assertThat(asked).containsExactly(question("b", APP, 7), question("b", OTHER, 7));
  }
}
