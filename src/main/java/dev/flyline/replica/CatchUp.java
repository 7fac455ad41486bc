package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out how far the log goes, for viewers who came with a position that is not here. All who
 * wait are served by one question; those who come while it is on its way wait for the next, since
 * its answer may be older than their position.
 *
 * <p>The owner asks its standby: were there another owner by now, that one would know.
 */
final class CatchUp {

  /** Longer than a takeover: as long as there is no owner, nobody can tell. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final Replica r;
  private List<Promise<Void>> next = List.of(); // for whom nobody has been asked yet
  private List<Promise<Void>> asking = List.of();
  private final Inquiry inquiry; // open until the answer has come
  private long question; // what was asked last
  private Countdown patience = Countdown.over(); // of those who are asking
  private long numbered; // how far it went at this owner, committed or not, when others were asked
  private long target; // how far the log goes, once that is known

  CatchUp(Replica replica) {
    this.r = replica;
    this.inquiry = new Inquiry(replica.all.timing.ticksPast(replica.all.timing.answer()));
  }

  /** Succeeds when everything is here that was committed when this was called. */
  Future<Void> newer() {
    if (!r.all.keeps(Rule.ASK_BEFORE_JUDGING)) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    if (next.isEmpty()) {
      next = new ArrayList<>(1);
    }
    next.add(promise);
    if (asking.isEmpty()) {
      ask();
    }
    return promise.future();
  }

  boolean isWaiting() {
    return !next.isEmpty() || !asking.isEmpty();
  }

  private void ask() {
    asking = next;
    next = List.of();
    patience = Countdown.started(r.all.timing.ticksPast(PATIENCE));
    send();
  }

  /** Asks whoever must know; nobody does while nobody owns the app. */
  private void send() {
    String node = r.owning() != null ? r.owning().standbys().first() : r.owner();
    inquiry.ask(node);
    boolean waits = r.owning() != null && r.all.keeps(Rule.WAIT_FOR_WHAT_IS_NUMBERED);
    numbered = waits ? r.localLog.last() : 0;
    target = Long.MAX_VALUE;
    if (inquiry.isOpen()) {
      question = r.all.nextQuestion();
      r.send(node, new AppMessage.Look(r.app, question));
    } else if (r.owning() != null) {
      end();
    }
  }

  /** {@code node} answers {@code answered}: the log goes up to {@code head}. */
  void stands(String node, long answered, long head) {
    if (!asking.isEmpty() && inquiry.isTo(node) && answered == question) {
      inquiry.close();
      target = Math.max(head, numbered);
      reached();
    }
  }

  /** More is committed here: enough? */
  void reached() {
    if (!asking.isEmpty() && r.localLog.head() >= target) {
      end();
    }
  }

  private void end() {
    List<Promise<Void>> all = asking;
    asking = List.of();
    all.forEach(promise -> r.all.later(() -> promise.tryComplete()));
    if (!next.isEmpty()) {
      ask();
    }
  }

  boolean hasNothingToDo() {
    return asking.isEmpty();
  }

  void tick() {
    if (asking.isEmpty()) {
      return;
    }
    if (patience.tick()) {
      List<Promise<Void>> all = asking;
      asking = List.of();
      all.forEach(promise -> r.all.later(() -> promise.tryFail("nobody knows how far it goes")));
      if (!next.isEmpty()) {
        ask();
      }
    } else if (inquiry.tick() || (!inquiry.isOpen() && target == Long.MAX_VALUE)) {
      send(); // it may be gone, or another one by now
    }
  }

  /** There is another owner: the one that was asked will not answer, or not with what counts. */
  void newOwner() {
    boolean awaits = !asking.isEmpty() && inquiry.isOpen();
    if (awaits && r.owning() == null && !r.isOwner(inquiry.asked())) {
      send();
    }
  }
}
