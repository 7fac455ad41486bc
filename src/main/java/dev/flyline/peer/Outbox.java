package dev.flyline.peer;

import dev.flyline.bus.AppMessage;
import dev.flyline.bus.EnvelopeWriter;
import dev.flyline.lane.Lane;
import dev.flyline.log.LogBatch;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one lane has to say to the other routers: all that it says to one of them in a turn goes in
 * one envelope.
 *
 * <p>A lane that has just sent something gathers what comes within the next five milliseconds: an
 * envelope costs a system call and a turn at either end, and of a thousand apps each with a line
 * now and then each line would make three. What answers an envelope goes at once, in one as well.
 *
 * <p>Belongs to its lane.
 */
public final class Outbox {

  /** Lines of many apps each come alone; so often at most a lane sends what they make it say. */
  private static final long COALESCE_NS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Routers whose writer is kept for the next envelope; each may hold 128 KiB. */
  private static final int WRITERS = 100;

  private final PeerLinks links;
  private final Lane lane;
  private final Meters meters;
  private final Map<String, EnvelopeWriter> writers = new HashMap<>(); // empty ones as well
  private final Map<String, Share> shares = new HashMap<>(); // of peers that have been busy
  private @Nullable AppMessage lastMessage; // encoded once for all who get it
  private @Nullable EnvelopeWriter lastWriter; // to which it was added, and nothing since
  private final Postponed postponed;
  private boolean scheduled;
  private boolean resuming;
  private long flushedNs;

  /**
   * Empty.
   *
   * @param again puts a question once more that could not be answered
   */
  Outbox(PeerLinks links, Lane lane, Meters meters, BiConsumer<String, AppMessage> again) {
    this.links = links;
    this.lane = lane;
    this.meters = meters;
    this.postponed = new Postponed(this::hasRoom, again);
    this.flushedNs = System.nanoTime() - COALESCE_NS;
  }

  public void add(String node, AppMessage message) {
    EnvelopeWriter writer =
        writers.computeIfAbsent(node, _ -> new EnvelopeWriter(links.peers().self()));
    if (isBulky(message) && !isAdmitted(node, message, writer.size())) {
      meters.count(Meter.PEER_LINES_WITHHELD);
      if (message instanceof AppMessage.Range range) {
        postponed.add(node, range, System.nanoTime());
        resumeLater();
      }
      return;
    }
    encode(message, writer);
    flushLater();
  }

  private static boolean isBulky(AppMessage message) {
    return message instanceof AppMessage.Lines || message instanceof AppMessage.Range;
  }

  private boolean isAdmitted(String node, AppMessage message, int waiting) {
    long onTheWay = links.traffic(node).unacknowledged() + waiting;
    if (onTheWay <= Share.HISTORY) {
      return true;
    }
    Share share = shares.computeIfAbsent(node, _ -> new Share());
    return share.admits(message, bytes(message), onTheWay, System.nanoTime());
  }

  private boolean hasRoom(String node, boolean older) {
    EnvelopeWriter writer = writers.get(node);
    long onTheWay = links.traffic(node).unacknowledged() + (writer == null ? 0 : writer.size());
    return onTheWay < (older ? Share.HISTORY : Share.RESUME);
  }

  private void resumeLater() {
    if (!resuming && !postponed.isEmpty()) {
      resuming = true;
      var _ = lane.loop().schedule(() -> lane.run(this::resume), COALESCE_NS, TimeUnit.NANOSECONDS);
    }
  }

  private void resume() {
    resuming = false;
    postponed.resume(System.nanoTime());
    resumeLater();
  }

  private static long bytes(AppMessage message) {
    return switch (message) {
      case AppMessage.Lines lines -> lines.batch().bytes();
      case AppMessage.Range range -> range.batches().stream().mapToLong(LogBatch::bytes).sum();
      default -> 0;
    };
  }

  private void flushLater() {
    if (scheduled) {
      return;
    }
    scheduled = true;
    long waitNs = COALESCE_NS - (System.nanoTime() - flushedNs);
    if (waitNs <= 0) {
      lane.loop().execute(this::run);
    } else {
      var _ = lane.loop().schedule(this::run, waitNs, TimeUnit.NANOSECONDS);
    }
  }

  /** In the lane's context: without one the bus would make one for each message. */
  private void run() {
    lane.run(this::due);
  }

  private void due() {
    scheduled = false;
    if (System.nanoTime() - flushedNs >= COALESCE_NS) {
      flush();
    } else {
      flushLater();
    }
  }

  /**
   * Sends {@code node} what there is for it, now that all that came from it in one envelope has
   * been dealt with: answers to what was gathered are as many as it was, and need not be gathered
   * again. What goes to others still is, or of many routers each would break up what all get.
   */
  public void answered(String node) {
    EnvelopeWriter writer = writers.get(node);
    if (writer != null && !writer.isEmpty()) {
      send(node, writer);
    }
  }

  private void send(String node, EnvelopeWriter writer) {
    if (writer == lastWriter) {
      lastMessage = null;
      lastWriter = null;
    }
    links.send(node, writer);
  }

  private void encode(AppMessage message, EnvelopeWriter writer) {
    EnvelopeWriter known = lastWriter;
    if (known != null && known != writer && isLast(message)) {
      writer.addLastOf(known);
    } else {
      writer.add(message);
    }
    lastMessage = message;
    lastWriter = writer;
  }

  @SuppressWarnings("ReferenceEquality") // the very object is sent to all who watch
  private boolean isLast(AppMessage message) {
    return lastMessage == message;
  }

  private void flush() {
    flushedNs = System.nanoTime();
    if (shares.size() > PeerLinks.REMEMBERED) {
      shares.clear();
    }
    writers.forEach(
        (node, writer) -> {
          if (!writer.isEmpty()) { // else it has gone with an answer, or there was no room for more
            send(node, writer);
          }
        });
    if (writers.size() > WRITERS) {
      writers.clear();
    }
  }
}
