package dev.flyline.stream;

/** How a transport ends after its last message. */
@FunctionalInterface
interface Ending {

  /** Ends the stream in the transport's own way; the socket may be gone already. */
  void end(EndReason reason);
}
