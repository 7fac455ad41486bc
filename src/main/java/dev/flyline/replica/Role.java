package dev.flyline.replica;

import java.util.Locale;

/**
 * The part that this router plays for one app. Whether anybody views the app here is another
 * question: every role but {@link #OWNER} may follow the owner at the same time.
 *
 * <p>The legal moves, each with its causes; {@link RoleCause} is this table as code:
 *
 * <pre>
 * from      to FOLLOWER      to STANDBY     to CLAIMING     to OWNER
 * FOLLOWER  -                enlisted       no_owner        -
 * STANDBY   newer_term,      -              no_owner,       handed_over
 *           released                        owner_silent,
 *                                           better_claim
 * CLAIMING  newer_term,      claim_dropped  newer_term,     claimed,
 *           claim_dropped                   released,       handed_over
 *                                           enlisted
 * OWNER     newer_term       -              stood_still,    -
 *                                           heir_silent
 * </pre>
 *
 * <p>A standby that claims keeps what it has as a standby; a move from CLAIMING to CLAIMING says
 * that it loses that, or gets it.
 */
public enum Role {
  /** Takes the log from its owner if anybody views it here, and otherwise does nothing. */
  FOLLOWER,

  /** Reads NATS as well, acknowledges what the owner numbers, and is ready to go on. */
  STANDBY,

  /** Asks the other routers whether it may own the app. */
  CLAIMING,

  /** Reads the app from NATS, numbers its lines, and says what is committed. */
  OWNER;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Its name in metrics, in logs and on the ops port. */
  public String label() {
    return label;
  }
}
