package dev.flyline.peer;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Questions of other routers whose answers could not go, since too much was on its way to whoever
 * asked. They are put again here as soon as there is room. The other router would ask again itself,
 * but a second later: of a thousand apps that miss lines after a pause, the last would get them
 * after many seconds.
 *
 * <p>Belongs to one lane, whose clock says what time it is, in nanoseconds.
 */
final class Postponed {

  /** For so long a question is kept: it is asked again sooner, and keeps its turn. */
  private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(2);

  /** How many are kept. */
  private static final int MOST = 10_000;

  private final Room room;
  private final BiConsumer<String, AppMessage> again;
  private final Map<Asker, Question> questions = new LinkedHashMap<>();

  /**
   * Begins with no question.
   *
   * @param room whether lines may go to a router now
   * @param again puts a question once more, as if the router had asked just now
   */
  Postponed(Room room, BiConsumer<String, AppMessage> again) {
    this.room = room;
    this.again = again;
  }

  /** Whether lines may go to {@code node} now: older ones, or those that it has missed. */
  @FunctionalInterface
  interface Room {
    boolean has(String node, boolean older);
  }

  private record Asker(String node, AppName app, boolean older) {}

  private record Question(AppMessage.Fetch fetch, long atNs) {}

  /** Notes that {@code answer} could not go to {@code node}. */
  void add(String node, AppMessage.Range answer, long nowNs) {
    if (questions.size() < MOST) {
      questions.put(
          new Asker(node, answer.app(), answer.backwards()),
          new Question(answer.backwards() ? older(answer) : missed(answer), nowNs));
    }
  }

  private static AppMessage.Fetch missed(AppMessage.Range answer) {
    long from = answer.lost() == null ? answer.first() : 1; // lost: of all that there is
    return new AppMessage.Fetch(answer.app(), answer.epoch(), from, 0);
  }

  private static AppMessage.Fetch older(AppMessage.Range answer) {
    List<LogBatch> batches = answer.batches();
    long before = batches.isEmpty() ? answer.first() : batches.getLast().lastSeq() + 1;
    return new AppMessage.Fetch(answer.app(), answer.epoch(), answer.first(), before);
  }

  boolean isEmpty() {
    return questions.isEmpty();
  }

  /** Puts the questions again whose answers may go now, oldest first. */
  void resume(long nowNs) {
    List<Map.Entry<Asker, Question>> waiting = List.copyOf(questions.entrySet());
    for (Map.Entry<Asker, Question> one : waiting) {
      Asker asker = one.getKey();
      if (nowNs - one.getValue().atNs > KEPT_NS) {
        questions.remove(asker);
      } else if (room.has(asker.node, asker.older)) {
        questions.remove(asker); // first: it may be postponed once more
        again.accept(asker.node, one.getValue().fetch);
      }
    }
  }
}
