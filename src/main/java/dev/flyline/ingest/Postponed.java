package dev.flyline.ingest;

import dev.flyline.bus.PeerMessage;
import dev.flyline.log.AppName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Questions of other routers whose answers could not go, since too much was on its way to whoever
 * asked. They are put again here as soon as there is room. The other router would ask again itself,
 * but a second later: of a thousand apps that miss lines after a pause, the last would get them
 * after many seconds.
 *
 * <p>Belongs to one lane, whose clock says what time it is, in nanoseconds.
 */
final class Postponed {

  /** For so long a question is kept: then it is asked again anyway. */
  private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(1);

  /** How many are kept. */
  private static final int MOST = 10_000;

  private final Predicate<String> hasRoom;
  private final BiConsumer<String, PeerMessage> again;
  private final Map<Asker, Question> questions = new LinkedHashMap<>();

  /**
   * Begins with no question.
   *
   * @param hasRoom whether lines may go to a router now
   * @param again puts a question once more, as if the router had asked just now
   */
  Postponed(Predicate<String> hasRoom, BiConsumer<String, PeerMessage> again) {
    this.hasRoom = hasRoom;
    this.again = again;
  }

  private record Asker(String node, AppName app) {}

  private record Question(PeerMessage.Fetch fetch, long atNs) {}

  /** Notes that {@code answer} could not go to {@code node}. Older lines are not urgent. */
  void add(String node, PeerMessage.Range answer, long nowNs) {
    if (!answer.backwards() && questions.size() < MOST) {
      long from = answer.lost() == null ? answer.first() : 1; // lost: of all that there is
      var fetch = new PeerMessage.Fetch(answer.app(), answer.epoch(), from, 0);
      questions.put(new Asker(node, answer.app()), new Question(fetch, nowNs));
    }
  }

  boolean isEmpty() {
    return questions.isEmpty();
  }

  /** Puts the questions again whose answers may go now, oldest first. */
  void resume(long nowNs) {
    List<Map.Entry<Asker, Question>> waiting = List.copyOf(questions.entrySet());
    for (Map.Entry<Asker, Question> one : waiting) {
      String node = one.getKey().node;
      if (nowNs - one.getValue().atNs > KEPT_NS) {
        questions.remove(one.getKey());
      } else if (hasRoom.test(node)) {
        questions.remove(one.getKey()); // first: it may be postponed once more
        again.accept(node, one.getValue().fetch);
      }
    }
  }
}
