package dev.flyline.feed;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audiences of one event loop that another one has something new for: told of all at once at the
 * end of its turn, for to wake an event loop for each of many quiet apps costs more than to deliver
 * their lines. Belongs to the loop that tells.
 */
final class Outbound {

  private static final Logger log = LoggerFactory.getLogger(Outbound.class);

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

  private void tell() {
    List<Audience> told = due;
    due = new ArrayList<>();
    to.runBare(() -> told.forEach(Outbound::deliver));
  }

  /** Lets no fault in what is done for one app keep other apps from what is theirs. */
  private static void deliver(Audience audience) {
    try {
      audience.deliver();
    } catch (RuntimeException e) {
      log.error("{}: a fault of flyline's own; please report it", audience.app, e);
    }
  }
}
