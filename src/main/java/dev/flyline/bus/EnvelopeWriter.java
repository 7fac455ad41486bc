package dev.flyline.bus;

import io.vertx.core.buffer.Buffer;

/**
 * Gathers what goes to one router in one turn, each message in its bytes at once. Belongs to one
 * thread, which uses it for one envelope after the other.
 */
public final class EnvelopeWriter {

  /** More than what an envelope has before its messages. */
  private static final int HEADER = 128;

  /** A room larger than this is given back after an envelope that needed it. */
  private static final int KEPT = 64 * 1024;

  private final String from;
  private WireWriter messages = new WireWriter(0);
  private int count;
  private int last; // where the last message begins

  /** Makes a writer of envelopes from the router called {@code from}. */
  public EnvelopeWriter(String from) {
    this.from = from;
  }

  /**
   * Adds a message. Throws {@link IllegalArgumentException}, and adds nothing, if no reader would
   * take it.
   */
  public EnvelopeWriter add(PeerMessage message) {
    int start = messages.length();
    EnvelopeCodec.write(messages, message);
    last = start;
    count++;
    return this;
  }

  /** Adds what was added to {@code other} last, and not sent since: it is encoded once for all. */
  public EnvelopeWriter addLastOf(EnvelopeWriter other) {
    int start = messages.length();
    messages.copy(other.messages, other.last);
    last = start;
    count++;
    return this;
  }

  /** How many bytes the messages take; the envelope has less than a hundred more. */
  public int size() {
    return messages.length();
  }

  /** Whether there is no message, so that the envelope would be a heartbeat. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** Makes the envelope of what has been added, and begins the next; see {@link Envelope}. */
  public Buffer finish(boolean stopping, long sentBefore, long received) {
    var header = new WireWriter(HEADER);
    EnvelopeCodec.writeHeader(header, from, stopping, sentBefore, received, count);
    Buffer buffer = Buffer.buffer(header.length() + messages.length());
    header.copyTo(buffer);
    messages.copyTo(buffer);
    if (messages.length() > KEPT) {
      messages = new WireWriter(0);
    } else {
      messages.truncate(0);
    }
    count = 0;
    last = 0;
    return buffer;
  }
}
