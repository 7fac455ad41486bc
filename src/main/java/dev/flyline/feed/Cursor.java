package dev.flyline.feed;

import dev.flyline.log.Position;

/**
 * How far somebody has read an app's log. Belongs to one event loop.
 *
 * @see Pull#read
 */
final class Cursor {

  /** The epoch of the last entry read. */
  String epoch;

  /** The seq of the entry to read next. */
  long next;

  Cursor(String epoch, long next) {
    this.epoch = epoch;
    this.next = next;
  }

  Cursor(Cursor other) {
    this(other.epoch, other.next);
  }

  /** After everything that {@code ring} holds. */
  static Cursor atHead(BlockRing ring) {
    long head = ring.head();
    return new Cursor(ring.epochAt(head), head + 1);
  }

  void moveToHead(BlockRing ring) {
    long head = ring.head();
    epoch = ring.epochAt(head);
    next = head + 1;
  }

  void set(Cursor other) {
    epoch = other.epoch;
    next = other.next;
  }

  /** The position up to which all has been read. */
  Position at() {
    return new Position(epoch, next - 1);
  }
}
