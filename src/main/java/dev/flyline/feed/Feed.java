package dev.flyline.feed;

import dev.flyline.log.AppName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This router's view of one watched app: knows the ring that the owner writes, and the audiences
 * that read it. The event bus tells those when there is something new. Belongs to the app's home
 * lane.
 */
final class Feed implements Owner.Watcher {

  private final AppName app;
  private final Owner owner;
  private List<Audience> audiences =
      List.of(); // a new one for each change: they may end while they are told
  private @Nullable BlockRing ring; // set when the owner has answered
  private @Nullable BlockRing early; // set if the log was replaced before that
  private boolean closed;
  long lingerTimer = -1;

  Feed(AppName app, Owner owner) {
    this.app = app;
    this.owner = owner;
    owner.watch(app, this).onSuccess(this::answered);
  }

  void join(Audience audience, FeedLane lane) {
    var more = new ArrayList<>(audiences);
    more.add(audience);
    audiences = List.copyOf(more);
    BlockRing log = ring;
    if (log != null) {
      long head = log.head();
      lane.run(() -> audience.opened(log, head));
    }
  }

  /** Removes {@code audience} and says whether nobody is left. */
  boolean leave(Audience audience) {
    var fewer = new ArrayList<>(audiences);
    fewer.remove(audience);
    audiences = List.copyOf(fewer);
    return audiences.isEmpty();
  }

  boolean isUnwatched() {
    return audiences.isEmpty();
  }

  /** The log, or null as long as the owner has not answered and when the watch is over. */
  @Nullable BlockRing log() {
    return closed ? null : ring;
  }

  void close() {
    closed = true;
    owner.unwatch(app);
  }

  /** Everything after {@code live} is live to those who wait, though it came before the answer. */
  private void answered(Owner.Answer answer) {
    if (closed) {
      return;
    }
    BlockRing log = early != null ? early : answer.ring();
    ring = log;
    early = null;
    audiences.forEach(
        audience ->
            audience
                .lane()
                .run(
                    () -> {
                      audience.opened(log, answer.live());
                      audience.deliver(); // what was published before there was a ring to read
                    }));
  }

  @Override
  public void replaced(BlockRing log, long after) {
    if (ring == null) {
      early = log;
    } else if (!closed) {
      ring = log;
      audiences.forEach(audience -> audience.lane().run(() -> audience.replaced(log, after)));
    }
  }
}
