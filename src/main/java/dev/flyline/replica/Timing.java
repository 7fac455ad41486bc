package dev.flyline.replica;

import java.time.Duration;

/**
 * The clocks of the protocol, in milliseconds. What is counted in ticks is rounded up to them.
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
    int tick,
    int heartbeat,
    int silence,
    int dismissal,
    int late,
    int settle,
    int answer,
    int handover,
    int renew,
    int lease,
    int hold,
    int farewell,
    int calm,
    int keep) {

  /** From a router's first word that it stops to the last viewer's new stream, beside the drain. */
  private static final int MARGIN = 30_000;

  /** The clocks of a running router. */
  public static final Timing DEFAULT =
      new Timing(
          250, 500, 2_500, 1_000, 1_000, 2_000, 1_000, 2_000, 5_000, 15_000, 120_000, 60_000,
          10_000, 15_000);

  /** The same, for routers whose viewers come back within {@code drain} of its stop. */
  public Timing spreadOver(Duration drain) {
    int whole = Math.toIntExact(drain.toMillis()) + MARGIN;
    return new Timing(
        tick, heartbeat, silence, dismissal, late, settle, answer, handover, renew, lease, hold,
        whole, calm, keep);
  }

  /** The same, for routers that read an app for {@code linger} after its last viewer left. */
  public Timing lingering(Duration linger) {
    int longer = Math.toIntExact(Math.max(hold, linger.toMillis()));
    return new Timing(
        tick, heartbeat, silence, dismissal, late, settle, answer, handover, renew, lease, longer,
        farewell, calm, keep);
  }

  /** {@code ms} in ticks, rounded up. */
  int ticks(int ms) {
    return Math.ceilDiv(ms, tick);
  }

  /**
   * The first tick by which more than {@code ms} have passed since a moment between two ticks: one
   * more, since the next tick may come at once.
   */
  int ticksPast(int ms) {
    return ticks(ms) + 1;
  }
}
