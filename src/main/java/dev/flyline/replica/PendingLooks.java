package dev.flyline.replica;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Those who ask an owner how the log stands for a viewer whose position they do not know. At the
 * standby that one may have seen what is numbered and not acknowledged yet, so they are answered
 * when all is committed that was numbered when they asked.
 */
final class PendingLooks {

  /** How many wait; more are answered as it stands. */
  private static final int MOST = 1_000;

  private final Replica r;
  private final Queue<Looker> waiting = new ArrayDeque<>(0); // in the order of what they wait for

  PendingLooks(Replica replica) {
    this.r = replica;
  }

  /** Who asked when the log went up to {@code last}. */
  private record Looker(String node, long question, long last) {}

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Lets {@code node} wait for the answer to {@code question}; false if it is to be told now. */
  boolean add(String node, long question) {
    boolean waits = question != 0 && r.all.keeps(Rule.WAIT_FOR_WHAT_IS_NUMBERED);
    return waits
        && !r.localLog.pending().isEmpty()
        && waiting.size() < MOST
        && waiting.add(new Looker(node, question, r.localLog.last()));
  }

  /** More is committed: enough for some of them? */
  void reached(long head) {
    for (Looker one = waiting.peek(); one != null && one.last <= head; one = waiting.peek()) {
      waiting.remove();
      r.send(one.node, r.state(head, one.question));
    }
  }
}
