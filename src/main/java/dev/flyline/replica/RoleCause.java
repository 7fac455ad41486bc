package dev.flyline.replica;

import static dev.flyline.replica.Role.CLAIMING;
import static dev.flyline.replica.Role.FOLLOWER;
import static dev.flyline.replica.Role.OWNER;
import static dev.flyline.replica.Role.STANDBY;

import java.util.Locale;
import java.util.stream.Stream;

/** Why a router's role for an app changes, and which moves that may explain. */
public enum RoleCause {
  /** Somebody wants the app, and this router knows of no live owner. */
  NO_OWNER,

  /** The owner that this router stands by for is suspect. */
  OWNER_SILENT,

  /** Another router claims the app, and this one is better placed to go on. */
  BETTER_CLAIM,

  /** This owner was frozen, so another router may have gone on without it. */
  STOOD_STILL,

  /** The heir of a handover has not been heard in time. */
  HEIR_SILENT,

  /** All routers that were asked have agreed, or are silent. */
  CLAIMED,

  /** The owner has stopped numbering so that this router goes on. */
  HANDED_OVER,

  /** This claimant knows of a live owner or a better claim. */
  CLAIM_DROPPED,

  /** The owner wants this router to stand by. */
  ENLISTED,

  /** The owner no longer wants this router to stand by, and it has read on for long enough. */
  RELEASED,

  /** Another router has begun a newer term. */
  NEWER_TERM;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Whether this may be why a router goes from one role to the other. */
  boolean allows(Role from, Role to) {
    return switch (this) {
      case NO_OWNER -> (from == FOLLOWER || from == STANDBY) && to == CLAIMING;
      case OWNER_SILENT, BETTER_CLAIM -> from == STANDBY && to == CLAIMING;
      case STOOD_STILL, HEIR_SILENT -> from == OWNER && to == CLAIMING;
      case CLAIMED -> from == CLAIMING && to == OWNER;
      case HANDED_OVER -> (from == STANDBY || from == CLAIMING) && to == OWNER;
      case CLAIM_DROPPED -> from == CLAIMING && (to == STANDBY || to == FOLLOWER);
      case ENLISTED -> (from == FOLLOWER && to == STANDBY) || (from == CLAIMING && to == CLAIMING);
      case RELEASED -> (from == STANDBY && to == FOLLOWER) || (from == CLAIMING && to == CLAIMING);
      case NEWER_TERM -> from != FOLLOWER && (to == FOLLOWER || (from == CLAIMING && to == from));
    };
  }

  /** The labels of every role and each cause that leads to it, joined by a comma. */
  public static Stream<String> labels() {
    return Stream.of(values())
        .flatMap(cause -> Stream.of(Role.values()).filter(cause::leadsTo).map(cause::labelWith));
  }

  private boolean leadsTo(Role to) {
    return Stream.of(Role.values()).anyMatch(from -> allows(from, to));
  }

  /** The label of {@code to} and this one's, joined by a comma. */
  public String labelWith(Role to) {
    return to.label() + "," + label;
  }

  /** Its name in metrics and logs. */
  public String label() {
    return label;
  }
}
