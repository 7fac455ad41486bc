package dev.flyline.replica;

/**
 * The rules that keep lines from being lost or shown twice. A running router keeps them all; the
 * simulation can be told to break one, and shows what it is for. docs/cluster.md says more of each.
 */
enum Rule {
  /** With a standby in step nothing is committed that it has not acknowledged. */
  COMMIT_ON_ACKNOWLEDGEMENT,

  /** Silence is counted in ticks that the counting router itself ran. */
  COUNT_SILENCE_IN_TICKS,

  /** A standby is in step some time after NATS confirmed, and after a word of the owner's. */
  BE_IN_STEP_BEFORE_STANDING_BY,

  /** A standby is in step when both of its lists are known to have begun with the same line. */
  ALIGN_LISTS,

  /** A match discards what stands before it on either side. */
  DISCARD_ON_BOTH_SIDES,

  /** A claim is dropped if anybody knows a live owner or would be a better one. */
  ASK_BEFORE_OWNING,

  /** Of two logs the one of the newer term is the longer one. */
  NEWEST_TERM_FIRST,

  /** A term that may begin with a loss begins with a mark. */
  MARK_A_LOSS,

  /** What a claimant fills up with is matched against what NATS brought it. */
  MATCH_WHAT_IS_FILLED,

  /** A dismissed standby reads on until another one should be in step. */
  READ_ON_WHEN_DISMISSED,

  /** An app is handed over only to a standby in step. */
  HAND_OVER_IN_STEP,

  /** Where one owner stopped for its heir, it stands by from that very line on. */
  MATCH_AFTER_HANDOVER,

  /** An owner that loses NATS hands over to a standby that has it. */
  HAND_OVER_WITHOUT_NATS,

  /** An owner that nobody backs asks again before it commits, once it stood still. */
  ASK_AFTER_STANDING_STILL,

  /** A router that stood still concludes nothing from silence until somebody answers it. */
  DOUBT_SILENCE,

  /** A log has nothing of terms that begin after its last line. */
  LEAVE_OUT_TERMS_WITHOUT_LINES,

  /** A part of the log is taken only in the term in which it was asked for. */
  REFUSE_PARTS_OF_OTHER_TERMS,

  /** Whoever comes with a position that is not here is judged when the owner has been asked. */
  ASK_BEFORE_JUDGING,

  /** It is judged by what is committed of all that was numbered when the owner was asked. */
  WAIT_FOR_WHAT_IS_NUMBERED,

  /** A watch that ran out and was not released keeps the app read until its viewers are back. */
  HOLD_AFTER_A_LOST_WATCH,

  /** A router that takes an app over reads it until the viewers of the one before are back. */
  HOLD_AFTER_A_TAKEOVER,

  /** Whoever is handed an app is told for how long it is held. */
  HAND_OVER_THE_HOLD
}
