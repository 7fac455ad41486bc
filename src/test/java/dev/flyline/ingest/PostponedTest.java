package dev.flyline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.PeerMessage;
import dev.flyline.log.AppName;
import java.util.ArrayList;
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
  private static final PeerMessage.@Nullable Lost NOTHING = null;
  private static final PeerMessage.Lost LOST = new PeerMessage.Lost(EPOCH, 1, List.of());

  private final Set<String> full = new HashSet<>(Set.of("b", "c"));
  private final List<String> asked = new ArrayList<>();
  private final Postponed postponed =
      new Postponed(node -> !full.contains(node), (node, fetch) -> asked.add(node + ' ' + fetch));

  private static PeerMessage.Range forward(
      AppName app, long first, PeerMessage.@Nullable Lost lost) {
    return new PeerMessage.Range(app, EPOCH, false, first, List.of(), false, lost);
  }

  private static String question(String node, AppName app, long from) {
    return node + ' ' + new PeerMessage.Fetch(app, EPOCH, from, 0);
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
    postponed.resume(ms(1_001));

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

  @Test
  void olderLines_areNotAskedForAgain() {
    postponed.add("b", new PeerMessage.Range(APP, EPOCH, true, 7, List.of(), false, NOTHING), 0);

    assertThat(postponed.isEmpty()).isTrue();
  }

  /** It is full again at once, and the question comes back while the others are looked at. */
  @Test
  void questionThatIsPostponedOnceMore_waitsOn() {
    List<Postponed> self = new ArrayList<>();
    var echoing =
        new Postponed(
            node -> !full.contains(node),
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
