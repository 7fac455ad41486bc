package dev.flyline.peer;

import dev.flyline.bus.Envelope;
import dev.flyline.bus.EnvelopeWriter;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes have gone to one peer and come from it. Counts of envelopes that were lost come
 * right with the next one, since each says what was sent before it. Safe on any thread.
 */
final class Traffic {

  /** Bytes; more than two routers that have nothing to say acknowledge to each other. */
  private static final long WORTH_TELLING = 4096;

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong told = new AtomicLong();

  /** Finishes an envelope to the peer. */
  Buffer finish(EnvelopeWriter writer, boolean stopping) {
    long have = received.get();
    told.set(have);
    Buffer buffer = writer.finish(stopping, sent.get(), have);
    sent.addAndGet(buffer.length());
    return buffer;
  }

  /** Takes note of an envelope of {@code length} bytes; returns what the peer is owed. */
  long received(Envelope envelope, int length) {
    acknowledged.accumulateAndGet(envelope.received(), Math::max);
    long have = received.accumulateAndGet(envelope.sentBefore() + length, Math::max);
    return have - told.get();
  }

  /** Whether so much has come that the peer should not have to wait for the next heartbeat. */
  boolean owes() {
    return received.get() - told.get() > WORTH_TELLING;
  }

  /** Bytes on their way to the peer, as far as it has said. */
  long unacknowledged() {
    return sent.get() - acknowledged.get();
  }
}
