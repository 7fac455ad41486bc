package dev.flyline.replica;

import dev.flyline.log.AppName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs changes of roles. The death of a router changes the role of every app that it owned, so only
 * the first few in a while are logged, and how many there were beside them.
 */
final class RoleLog {

  private static final Logger log = LoggerFactory.getLogger(RoleLog.class);

  /** Changes that are logged within {@link #WINDOW_MS}. */
  static final int MOST = 20;

  static final long WINDOW_MS = 10_000;

  private long windowMs;
  private int changes; // in this window

  /** Begins at {@code nowMs}. */
  RoleLog(long nowMs) {
    this.windowMs = nowMs;
  }

  /** Logs that the role for {@code app} has changed; returns whether it did. */
  boolean changed(AppName app, Role from, Role to, RoleCause cause, long nowMs) {
    if (nowMs - windowMs >= WINDOW_MS) {
      if (changes > MOST) {
        log.info("roles of {} more apps changed within {} s", changes - MOST, WINDOW_MS / 1_000);
      }
      windowMs = nowMs;
      changes = 0;
    }
    if (++changes > MOST) {
      return false;
    }
    log.info("{}: {} to {}, {}", app, from.label(), to.label(), cause.label());
    return true;
  }
}
