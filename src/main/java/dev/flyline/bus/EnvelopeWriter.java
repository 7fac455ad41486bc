package dev.flyline.bus;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what goes to one router in one turn. The bytes of a message are copied once, when the
 * envelope is finished. Belongs to one thread.
 */
public final class EnvelopeWriter {

  /** More than what an envelope has before its messages. */
  private static final int HEADER = 128;

  private final String from;
  private final List<Encoded> messages = new ArrayList<>();
  private int size;

  /** Makes a writer of envelopes from the router called {@code from}. */
  public EnvelopeWriter(String from) {
    this.from = from;
  }

  /** Adds a message, which may be added to other envelopes too. */
  public EnvelopeWriter add(Encoded message) {
    size = Math.addExact(size, message.size());
    messages.add(message);
    return this;
  }

  /** How many bytes the messages take; the envelope has less than a hundred more. */
  public int size() {
    return size;
  }

  /** Whether there is no message, so that the envelope would be a heartbeat. */
  public boolean isEmpty() {
    return messages.isEmpty();
  }

  /** Makes the envelope of what has been added, and begins the next; see {@link Envelope}. */
  public Buffer finish(boolean stopping, long sentBefore, long received) {
    var header = new WireWriter(HEADER);
    EnvelopeCodec.writeHeader(header, from, stopping, sentBefore, received, messages.size());
    Buffer buffer = Buffer.buffer(header.length() + size);
    header.copyTo(buffer);
    messages.forEach(message -> message.copyTo(buffer));
    messages.clear();
    size = 0;
    return buffer;
  }
}
