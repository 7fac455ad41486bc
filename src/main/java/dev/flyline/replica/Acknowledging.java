package dev.flyline.replica;

import dev.flyline.bus.AppMessage;

/** How a standby tells its owner what it has: at once if somebody waits for that, else soon. */
final class Acknowledging {

  /** What nobody else waits for is acknowledged after so many bytes, or with the next tick. */
  private static final int MUCH = 64 * 1024;

  private final Replica r;
  private final Standby standby;
  private boolean due; // when the turn ends
  private long told; // up to where the owner knows that the lines are here
  private long bytes; // of those that came since
  private boolean toldReady; // the owner has been told that this router is in step
  private final Countdown quiet; // until an acknowledgement is due though nothing is new

  Acknowledging(Replica replica, Standby standby) {
    this.r = replica;
    this.standby = standby;
    this.quiet = Countdown.started(replica.all.timing.ticksPast(replica.all.timing.renew()));
  }

  /** Acknowledges what is here when the turn ends. */
  void later() {
    if (!due) {
      due = true;
      r.all.ackLater(this);
    }
  }

  /** Lines of so many bytes have come. */
  void took(long more) {
    bytes += more;
  }

  /** Whether what has come may not wait for the next tick. */
  boolean isMuch() {
    return bytes > MUCH;
  }

  /** Tells the owner what is here; at the end of a turn. */
  void now() {
    due = false;
    if (r.standby() == standby && standby.acknowledges()) {
      quiet.start();
      bytes = 0;
      told = r.localLog.last();
      toldReady = standby.inStep();
      r.send(
          r.owner(),
          new AppMessage.Ack(r.app, standby.epoch(), told, toldReady, standby.isEnlisted()));
    }
  }

  /** Who is nobody's standby any more learns so by what comes back. */
  void tick() {
    boolean ready = standby.inStep();
    boolean news =
        r.localLog.last() > told || ready != toldReady || (ready && !standby.isEnlisted());
    if (news || quiet.tick()) {
      later();
    }
  }
}
