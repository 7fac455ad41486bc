package dev.flyline.log;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One owner's time: the epoch in which it numbers and where that begins, as a leader epoch of Kafka
 * (KIP-101).
 *
 * <p>Terms are ordered: a later claim has a higher counter, and of two equal ones the node decides.
 *
 * <p>No record, since it keeps its name: every ring, reader and batch of the term shares that.
 */
public final class Term implements Comparable<Term> {

  private final long counter;
  private final String node;
  private final long after;
  private final String epoch;

  /**
   * Throws {@link IllegalArgumentException} for a term that no router has.
   *
   * @param counter one above the highest that the claimant was told of
   * @param node the owner's name, random for every process
   * @param after the last seq of the terms before; this one begins with the seq that follows
   */
  public Term(long counter, String node, long after) {
    if (counter < 1) {
      throw new IllegalArgumentException("counter: must be at least 1");
    }
    if (after < 0) {
      throw new IllegalArgumentException("after: must not be negative");
    }
    this.counter = counter;
    this.node = node;
    this.after = after;
    this.epoch = counter + "-" + node;
    if (!Position.isEpoch(epoch)) {
      throw new IllegalArgumentException("node: must match [0-9a-z-] and be short");
    }
  }

  /** Orders the terms; one above the highest that the claimant was told of. */
  public long counter() {
    return counter;
  }

  /** The owner's name. */
  public String node() {
    return node;
  }

  /** The last seq of the terms before. */
  public long after() {
    return after;
  }

  /** The name of this term in positions. */
  public String epoch() {
    return epoch;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Term that
        && counter == that.counter
        && after == that.after
        && node.equals(that.node);
  }

  @Override
  public int hashCode() {
    return Objects.hash(counter, node, after);
  }

  @Override
  public String toString() {
    return epoch + " after " + after;
  }

  /** Whether this is a later term than {@code other}. */
  public boolean isAfter(Term other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Term other) {
    int byCounter = Long.compare(counter, other.counter);
    return byCounter != 0 ? byCounter : node.compareTo(other.node);
  }
}
