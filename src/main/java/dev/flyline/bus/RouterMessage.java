package dev.flyline.bus;

/**
 * What one router says to another about itself or the cluster, and about no app: it reaches the
 * router as a whole, not the lane of an app.
 */
public sealed interface RouterMessage extends PeerMessage {

  /**
   * A message of a kind that only a later release knows, so that nobody here can say whether it is
   * about an app. It is read, counted and passed over, and never sent.
   *
   * @param type the number that stands for its kind
   */
  record Unknown(int type) implements RouterMessage {}
}
