package dev.flyline.feed;

import java.util.ArrayList;
import java.util.List;

/**
 * Audiences of one event loop that another one has something new for: told of all at once at the
 * end of its turn, for to wake an event loop for each of many quiet apps costs more than to deliver
 * their lines. Belongs to the loop that tells.
 */
final class Outbound {

  private final FeedLane from;
  private final FeedLane to;
  private List<Audience> due = new ArrayList<>();

  Outbound(FeedLane from, FeedLane to) {
    this.from = from;
    this.to = to;
  }

  void add(Audience audience) {
    due.add(audience);
    if (due.size() == 1) {
      from.later(this::tell);
    }
  }

  /** Each delivery is a task of its own, so that a fault in one keeps nothing from the others. */
  private void tell() {
    List<Audience> told = due;
    due = new ArrayList<>();
    to.runBare(() -> told.forEach(audience -> to.later(audience::deliver)));
  }
}
