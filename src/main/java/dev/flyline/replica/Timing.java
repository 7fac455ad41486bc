package dev.flyline.replica;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;

/**
 * The clocks of the protocol. Only here are they turned into ticks, of which they last a whole
 * number.
 *
 * @param tick how often {@link Replicas#tick} and {@link Liveness#tick} are called
 * @param heartbeat how often a peer hears from this router at least
 * @param silence a peer that was not heard for so long is suspect
 * @param dismissal a standby that owes an acknowledgement for so long is dismissed
 * @param late a router whose tick comes so late stood still
 * @param settle how long after NATS confirmed a subscription a standby is in step
 * @param answer how long a claim, a watch or a fetch waits for an answer
 * @param handover how long an owner waits for its heir
 * @param renew how often a watch is renewed
 * @param lease how long a watch lasts without that
 * @param hold how long an app is read on for viewers whose router was lost with its watch
 * @param farewell how long the watch of a router that stops lasts: until its viewers have come back
 * @param calm how long the members must have stayed the same before apps are handed over
 * @param keep how long the lists of a standby keep what has no match
 */
public record Timing(
    Duration tick,
    Duration heartbeat,
    Duration silence,
    Duration dismissal,
    Duration late,
    Duration settle,
    Duration answer,
    Duration handover,
    Duration renew,
    Duration lease,
    Duration hold,
    Duration farewell,
    Duration calm,
    Duration keep) {

  /** From a router's first word that it stops to the last viewer's new stream, beside the drain. */
  private static final Duration MARGIN = ofSeconds(30);

  /** The clocks of a running router. */
  public static final Timing DEFAULT =
      new Timing(
          /* tick= */ ofMillis(250),
          /* heartbeat= */ ofMillis(500),
          /* silence= */ ofMillis(2_500),
          /* dismissal= */ ofSeconds(1),
          /* late= */ ofSeconds(1),
          /* settle= */ ofSeconds(2),
          /* answer= */ ofSeconds(1),
          /* handover= */ ofSeconds(2),
          /* renew= */ ofSeconds(5),
          /* lease= */ ofSeconds(15),
          /* hold= */ ofSeconds(120),
          /* farewell= */ ofSeconds(60),
          /* calm= */ ofSeconds(10),
          /* keep= */ ofSeconds(15));

  /** The same, for routers whose viewers come back within {@code drain} of its stop. */
  public Timing spreadOver(Duration drain) {
    return new Timing(
        tick,
        heartbeat,
        silence,
        dismissal,
        late,
        settle,
        answer,
        handover,
        renew,
        lease,
        hold,
        drain.plus(MARGIN),
        calm,
        keep);
  }

  /** The same, for routers that read an app for {@code linger} after its last viewer left. */
  public Timing lingering(Duration linger) {
    Duration longer = hold.compareTo(linger) < 0 ? linger : hold;
    return new Timing(
        tick, heartbeat, silence, dismissal, late, settle, answer, handover, renew, lease, longer,
        farewell, calm, keep);
  }

  /** {@code time} in ticks, rounded up. */
  int ticks(Duration time) {
    return Math.toIntExact(Math.ceilDiv(time.toMillis(), tick.toMillis()));
  }

  /**
   * The first tick by which more than {@code time} has passed since a moment between two ticks: one
   * more, since the next tick may come at once.
   */
  int ticksPast(Duration time) {
    return ticks(time) + 1;
  }

  /** How long so many ticks last. */
  Duration lasting(int ticks) {
    return tick.multipliedBy(ticks);
  }
}
