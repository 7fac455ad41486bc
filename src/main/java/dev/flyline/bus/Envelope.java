package dev.flyline.bus;

import java.util.List;

/**
 * Everything that one router sends to another in one turn; without messages it is a heartbeat.
 *
 * @param from the sender's name
 * @param stopping whether the sender is about to leave
 * @param sentBefore how many bytes of envelopes the sender has sent to the receiver before this one
 * @param received how many bytes of envelopes the sender has received from the receiver so far,
 *     which acknowledges them
 * @param messages in the order in which they were sent
 */
public record Envelope(
    String from, boolean stopping, long sentBefore, long received, List<PeerMessage> messages) {

  /** Copies the list. */
  public Envelope {
    messages = List.copyOf(messages);
  }
}
