package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Member;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The question of a router to all others whether it may own the app.
 *
 * <p>The claim is dropped if anybody knows a live owner or would be a better one. Otherwise the
 * claimant fills up to the longest log that anybody has, where of two logs the one of the newer
 * term is the longer, and begins a term whose counter is above every one named.
 */
final class Claiming {

  /** How often those who do not answer are asked, if others do. */
  private static final int ROUNDS = 4;

  private final Replica r;
  private final long id;
  private final Set<String> asked = new HashSet<>();
  private final Map<String, AppMessage.ClaimAnswer> answers = new LinkedHashMap<>();
  private final Set<String> useless =
      new HashSet<>(); // do not have what they should, or are silent
  private final Countdown patience; // with those who are asked
  private int rounds;
  private boolean inDoubt; // this router was frozen, so silence tells it nothing
  private long counter;
  private final Inquiry source; // from whom the log is being filled up; nobody before that
  private long target; // how far the log goes that is being filled up
  private long longest; // how far any log of the newest term goes
  private boolean branched; // the log went on without this router

  /** Whether this router was the owner until now, and so misses nothing. */
  final boolean goesOn;

  Claiming(Replica replica, long id, boolean goesOn) {
    this.r = replica;
    this.id = id;
    this.goesOn = goesOn;
    int answer = replica.all.timing.ticksPast(replica.all.timing.answer());
    this.patience = new Countdown(answer);
    this.source = new Inquiry(answer);
  }

  void start() {
    asked.clear();
    rounds++;
    inDoubt = r.all.peers.isInDoubt();
    patience.start();
    asked.addAll(r.all.peers.present());
    answers.keySet().retainAll(asked);
    var claim = new AppMessage.Claim(r.app, id, r.localLog.lineage(), r.localLog.last(), inStep());
    asked.stream().filter(node -> !answers.containsKey(node)).forEach(node -> r.send(node, claim));
    concludeIfAnswered();
  }

  /** Whether nothing would be lost if this router went on. */
  boolean inStep() {
    return goesOn || (r.standby() != null && r.standby().canGoOn());
  }

  /**
   * Whether this claim goes before that of {@code node}.
   *
   * @param older whether the other one knows a newer term: what was in step before that has missed
   *     what came since, as an owner that was frozen and does not know it yet
   */
  boolean isBetterThan(String node, boolean otherInStep, boolean older) {
    boolean mine = inStep() && !older;
    return mine != otherInStep ? mine : rank(r.all.peers.self()) < rank(node);
  }

  private int rank(String node) {
    return r.all.peers.order(r.app.value()).stream().map(Member::node).toList().indexOf(node)
        & Integer.MAX_VALUE; // who is not in the order comes last
  }

  void answered(String node, AppMessage.ClaimAnswer answer) {
    if (answer.id() != id || isFilling() || !asked.contains(node)) {
      return;
    }
    r.all.peers.answered();
    if (!r.all.keeps(Rule.ASK_BEFORE_OWNING)) {
      answers.put(node, answer);
      concludeIfAnswered();
      return;
    }
    if (!answer.owner().isEmpty()) {
      String owner = answer.owner();
      r.dropClaim();
      r.search.redirect(owner);
      return;
    }
    if (answer.better()) {
      r.dropClaim();
      return;
    }
    answers.put(node, answer);
    concludeIfAnswered();
  }

  private void concludeIfAnswered() {
    if (answers.size() == asked.size() && !(answers.isEmpty() && inDoubt)) {
      conclude();
    }
  }

  void tick() {
    asked.removeIf(r.all.peers::isSuspect);
    if (isFilling()) {
      if (source.tick()) {
        tryOther(); // it does not answer
      }
    } else if (!patience.tick()) {
      answers.keySet().retainAll(asked);
      concludeIfAnswered();
    } else if (asksAgain()) {
      start();
    } else {
      conclude();
    }
  }

  /**
   * Whoever does not answer is suspect soon, and then not asked any more: before that, it may be
   * the owner. One that is heard and answers nobody is not waited for for ever, if another one
   * answers.
   */
  private boolean asksAgain() {
    boolean silent = answers.size() < asked.size();
    return answers.isEmpty() ? silent || inDoubt : silent && rounds < ROUNDS;
  }

  private void conclude() {
    counter = Math.max(r.localLog.counter(), r.all.forgotten());
    for (AppMessage.ClaimAnswer answer : answers.values()) {
      counter = Math.max(counter, counter(answer.lineage()));
    }
    String from = source();
    AppMessage.ClaimAnswer best = answers.get(from);
    if (best == null || best.lineage().isEmpty() || !isLongerThanMine(best)) {
      begin();
      return;
    }
    longest = Math.max(longest, best.head());
    if (r.localLog.lineage().isEmpty()
        || best.lineage().newest().isAfter(r.localLog.lineage().newest())) {
      r.newerTermClaimed(best.lineage());
      branched = true;
    }
    r.localLog.open(best.head());
    source.ask(from);
    target = best.head();
    r.history.source(from);
    if (r.localLog.last() >= target) {
      begin();
    } else {
      r.repair.newTerm(); // whatever was awaited for other reasons
      r.repair.fetch(from);
    }
  }

  /** Whose log is the best to go on from; empty if nobody has answered who can give it. */
  private String source() {
    String from = "";
    AppMessage.ClaimAnswer best = null;
    for (Map.Entry<String, AppMessage.ClaimAnswer> entry : answers.entrySet()) {
      boolean isUseless = useless.contains(entry.getKey());
      if (!isUseless && (best == null || compare(entry.getValue(), best) > 0)) {
        best = entry.getValue();
        from = entry.getKey();
      }
    }
    return from;
  }

  /** A part of the log has come: enough of it? */
  void fill(AppMessage.Range range) {
    long before = r.localLog.last();
    for (LogBatch batch : range.batches()) {
      if (batch.firstSeq() <= r.localLog.last() + 1 && batch.lastSeq() > r.localLog.last()) {
        LogBatch fresh = batch.slice(r.localLog.last() + 1, batch.lastSeq());
        r.localLog.append(fresh);
        if (r.standby() != null && r.all.keeps(Rule.MATCH_WHAT_IS_FILLED)) {
          r.standby().published(fresh); // or NATS's copy of it would be numbered again
        }
      }
    }
    if (r.localLog.last() >= target) {
      begin();
    } else if (r.localLog.last() > before && !r.localLog.isFull()) {
      source.ask(source.asked()); // each part has its time: the whole may take long
      r.repair.fetch(source.asked());
    } else {
      tryOther();
    }
  }

  /** No more comes from whoever was asked: the next longest log is tried. */
  private void tryOther() {
    useless.add(source.asked());
    conclude();
  }

  /** Whether it gets lines that it lacks. */
  boolean isFilling() {
    return source.isOpen();
  }

  /** Whether {@code node} is the one from whom lines are expected. */
  boolean fillsFrom(String node) {
    return source.isTo(node);
  }

  private boolean isLongerThanMine(AppMessage.ClaimAnswer answer) {
    if (r.localLog.lineage().isEmpty()) {
      return true;
    }
    int byTerm =
        r.all.keeps(Rule.NEWEST_TERM_FIRST)
            ? answer.lineage().newest().compareTo(r.localLog.lineage().newest())
            : 0;
    return byTerm > 0 || (byTerm == 0 && answer.head() > r.localLog.last());
  }

  private int compare(AppMessage.ClaimAnswer a, AppMessage.ClaimAnswer b) {
    if (a.lineage().isEmpty() || b.lineage().isEmpty()) {
      return Boolean.compare(b.lineage().isEmpty(), a.lineage().isEmpty());
    }
    int byTerm = a.lineage().newest().compareTo(b.lineage().newest());
    return byTerm != 0 && r.all.keeps(Rule.NEWEST_TERM_FIRST)
        ? byTerm
        : Long.compare(a.head(), b.head());
  }

  private static long counter(Lineage lineage) {
    return lineage.isEmpty() ? 0 : lineage.newest().counter();
  }

  /** Begins a term: this router owns the app from here on. */
  private void begin() {
    boolean complete = !branched && r.localLog.last() >= longest && inStep();
    List<String> waiting = new ArrayList<>();
    answers.forEach(
        (node, answer) -> {
          if (answer.watching()) {
            waiting.add(node);
          }
        });
    Takeover.claimed(r, counter + 1, complete, waiting);
  }
}
