package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator sees of one app on one router.
 *
 * @param role {@code owner}, {@code standby}, {@code follower}, {@code claiming} or {@code none}
 * @param owner the owner's name as far as this router knows; empty if it does not
 * @param standby the standby's name; empty if there is none or this router is not the owner
 * @param inStep whether the standby, or this router if it is one, could go on without loss
 * @param watchers routers that watch at this owner; this one counts if it has viewers
 */
public record AppStatus(
    AppName app,
    String role,
    String owner,
    String standby,
    boolean inStep,
    String epoch,
    long head,
    long oldest,
    List<String> watchers,
    long ringBytes) {

  /** Copies the list. */
  public AppStatus {
    watchers = List.copyOf(watchers);
  }

  static AppStatus of(Replica r) {
    List<String> watchers =
        r.owning() != null ? new ArrayList<>(r.owning().watchers().names()) : new ArrayList<>();
    if (r.following.watching()) {
      watchers.add(r.all.peers.self());
    }
    BlockRing ring = r.localLog.ring();
    return new AppStatus(
        r.app,
        role(r),
        r.owner(),
        r.owning() == null ? "" : r.owning().standbys().first(),
        r.owning() != null
            ? r.owning().standbys().inStep()
            : r.standby() != null && r.standby().canGoOn(),
        r.localLog.epoch(),
        r.localLog.head(),
        ring == null ? 1 : ring.oldest(),
        watchers,
        ring == null ? 0 : ring.bytes());
  }

  private static String role(Replica r) {
    return r.role() == Role.FOLLOWER && !r.following.watching() ? "none" : r.role().label();
  }
}
