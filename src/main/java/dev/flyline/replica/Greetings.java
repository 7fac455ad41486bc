package dev.flyline.replica;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Tells a router that has come, or come back, which apps this one owns. */
final class Greetings {

  private final Liveness peers;
  private int version = -1; // of the peers when they were last looked at
  private Set<String> presentBefore = Set.of();

  Greetings(Liveness peers) {
    this.peers = peers;
  }

  /** To be called with every tick. */
  void greet(Collection<Replica> replicas) {
    if (version == peers.version()) {
      return;
    }
    version = peers.version();
    Set<String> present = new LinkedHashSet<>(peers.present());
    for (String node : present) {
      if (!presentBefore.contains(node)) {
        for (Replica replica : replicas) {
          if (replica.owning() != null) {
            replica.send(node, replica.state(replica.localLog.head()));
          }
        }
      }
    }
    presentBefore = present;
  }
}
