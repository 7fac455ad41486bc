package dev.flyline.bus;

import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.PlacedMark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one router says to another about one app; it goes to the app's lane there.
 *
 * <p>An {@code epoch} says in which term the sender speaks: what is said in an older term than the
 * receiver knows is refused with a {@link State}.
 */
public sealed interface AppMessage extends PeerMessage {

  /** The app it is about. */
  AppName app();

  /**
   * Asks the owner for the app's lines for some seconds more; answered by {@link State}, or by
   * {@link Head} if the owner still has the term that the sender knows.
   *
   * @param epoch the term that the sender follows; empty for none
   */
  record Watch(AppName app, String epoch) implements AppMessage {}

  /**
   * The sender needs nothing more of the receiver: no lines if that owns the app, and that it
   * stands by no longer if the sender owns it.
   */
  record Unwatch(AppName app) implements AppMessage {}

  /**
   * Asks how the log stands, without watching it; answered by {@link State} if it is known.
   *
   * @param question to be named in the answer, which then comes when everything that is numbered
   *     now is committed: nobody has seen more. 0 if what is committed now is answer enough
   */
  record Look(AppName app, long question) implements AppMessage {

    /** Asks for what is committed now. */
    public Look(AppName app) {
      this(app, 0);
    }
  }

  /**
   * Who owns the app as far as the sender knows.
   *
   * @param owner the owner's name; the sender's own if it is the owner
   * @param head the last committed seq; of the moment at which a watch that this answers came
   * @param question the one that this answers; 0 if none
   */
  record State(AppName app, Lineage lineage, String owner, long head, long question)
      implements AppMessage {

    /** Answers no question. */
    public State(AppName app, Lineage lineage, String owner, long head) {
      this(app, lineage, owner, head, 0);
    }
  }

  /** The owner's last committed seq. */
  record Head(AppName app, String epoch, long head) implements AppMessage {}

  /**
   * Numbered lines from the owner.
   *
   * @param committed the owner's last committed seq; less than the batch's last towards a standby
   * @param awaited whether a standby is to acknowledge them at once: somebody else waits for that
   */
  record Lines(LogBatch batch, long committed, boolean awaited) implements AppMessage {
    @Override
    public AppName app() {
      return batch.app();
    }
  }

  /**
   * What a standby has.
   *
   * @param head it has all lines up to this one
   * @param inStep whether it could go on from here without losing a line
   * @param enlisted whether the owner has confirmed that since; it does if not
   */
  record Ack(AppName app, String epoch, long head, boolean inStep, boolean enlisted)
      implements AppMessage {}

  /**
   * Asks for a part of the log, in at most {@link #CHUNK_BYTES}: from {@code from} on, or, if
   * {@code before} is not 0, what comes before that, newest first and no further back than {@code
   * from} is needed.
   */
  record Fetch(AppName app, String epoch, long from, long before) implements AppMessage {
    /** The most that one answer holds, but for a single longer line. */
    public static final int CHUNK_BYTES = 128 * 1024;

    /** Whether it asks for what came before. */
    public boolean backwards() {
      return before > 0;
    }
  }

  /**
   * A part of the log.
   *
   * @param first the first seq that was asked for and exists; nothing between it and the first
   *     batch is kept any more
   * @param batches in order, without a hole
   * @param more whether there is more after these
   * @param lost what came before the first batch and is gone; null if something older is there
   */
  record Range(
      AppName app,
      String epoch,
      boolean backwards,
      long first,
      List<LogBatch> batches,
      boolean more,
      @Nullable Lost lost)
      implements AppMessage {

    /** Copies the list. */
    public Range {
      batches = List.copyOf(batches);
    }
  }

  /** What a ring has let go of: the epoch and time of the newest such entry, and the marks. */
  record Lost(String epoch, long arrivedMs, List<PlacedMark> marks) {

    /** Copies the list. */
    public Lost {
      marks = List.copyOf(marks);
    }
  }

  /**
   * Asks whether the sender may own the app.
   *
   * @param id repeated in the answer
   * @param lineage what the sender knows of the log
   * @param head the last seq that it has
   * @param inStep whether it is a standby that loses no line by going on
   */
  record Claim(AppName app, long id, Lineage lineage, long head, boolean inStep)
      implements AppMessage {}

  /**
   * Answers a claim with what the sender knows of the log.
   *
   * @param owner a live owner, which ends the claim; empty if none is known
   * @param better whether the sender itself would be the better owner, which ends the claim too
   * @param watching whether the sender wants the app's lines
   */
  record ClaimAnswer(
      AppName app,
      long id,
      Lineage lineage,
      long head,
      String owner,
      boolean better,
      boolean watching)
      implements AppMessage {}

  /** The owner wants the receiver as its standby; the lines from {@code head} on follow. */
  record Enlist(AppName app, Lineage lineage, long head) implements AppMessage {}

  /**
   * From now on the owner commits nothing that the standby has not acknowledged. Says as well that
   * the owner was alive after the standby came in step: whatever it had read before then is on its
   * way before this.
   */
  record Enlisted(AppName app, String epoch) implements AppMessage {}

  /**
   * The owner does not wait for the receiver any more, which was its standby. Until another one is
   * in step, the receiver is still the one that knows most.
   */
  record Release(AppName app, String epoch) implements AppMessage {}

  /** The owner numbers nothing more after {@code last}, and the receiver shall go on from there. */
  record Handover(AppName app, String epoch, long last) implements AppMessage {}

  /**
   * If the receiver owns the app next, it reads it for at least {@code ms} more, though nobody may
   * watch: viewers whose router was lost may still come back. Comes before {@link Handover}.
   */
  record Hold(AppName app, String epoch, long ms) implements AppMessage {}

  /**
   * NATS refuses the owner its subscription to the app, or no longer. The owner repeats a refusal
   * with each answer to a watch, so a receiver that hears no more of it may forget it.
   */
  record Refused(AppName app, String epoch, boolean refused) implements AppMessage {}
}
