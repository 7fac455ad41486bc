package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Edge;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.Lineage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The rings of one lane's replicas: their making, their end, and room for them. */
final class Rings {

  private final RingLimits limits;
  private final RingBudget budget;
  private final List<BlockRing> retired = new ArrayList<>(); // another ring has taken their place
  private final List<BlockRing> retiring = new ArrayList<>(); // for longer than an expiry ago

  Rings(RingLimits limits, RingBudget budget) {
    this.limits = limits;
    this.budget = budget;
  }

  /** An empty ring that goes on after {@code head}. */
  BlockRing begin(Lineage lineage, long head, boolean complete) {
    return complete
        ? new BlockRing(lineage, head, limits, budget)
        : BlockRing.unfilled(lineage, head, limits, budget);
  }

  /**
   * Lets go of {@code ring}, whose place another one has taken, when nobody can be reading it. It
   * gets no older lines any more, so nobody waits for them.
   */
  void retire(BlockRing ring) {
    if (!ring.complete()) {
      Edge edge = ring.edge();
      ring.completed(edge.epoch(), 0, edge.lostMarks());
    }
    retired.add(ring);
  }

  /** Clears what was retired before the last call: whoever read in it has moved on since. */
  void letGo() {
    retiring.forEach(BlockRing::clear);
    retiring.clear();
    retiring.addAll(retired);
    retired.clear();
  }

  /**
   * Lets go of the lines of apps that nobody views while all rings hold too much, least recently
   * viewed first. Else whoever is viewed would have to make room in their own rings, and down to a
   * line if the others hold all.
   */
  void makeRoom(Collection<Replica> all) {
    if (!budget.exceeded()) {
      return;
    }
    List<Replica> unviewed =
        all.stream()
            .filter(replica -> !replica.isViewed() && !replica.localLog.isEmpty())
            .sorted(Comparator.comparingLong(replica -> replica.viewedMs))
            .toList();
    for (Replica replica : unviewed) {
      if (!budget.exceeded()) {
        return;
      }
      replica.localLog.clear();
    }
  }
}
