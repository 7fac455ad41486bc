package dev.flyline.log;

/**
 * One owner's time: the epoch in which it numbers and where that begins, as a leader epoch of Kafka
 * (KIP-101).
 *
 * <p>Terms are ordered: a later claim has a higher counter, and of two equal ones the node decides.
 *
 * @param counter one above the highest that the claimant was told of
 * @param node the owner's name, random for every process
 * @param after the last seq of the terms before; this one begins with the seq that follows
 */
public record Term(long counter, String node, long after) implements Comparable<Term> {

  /** Throws {@link IllegalArgumentException} for a term that no router has. */
  public Term {
    if (counter < 1) {
      throw new IllegalArgumentException("counter: must be at least 1");
    }
    if (after < 0) {
      throw new IllegalArgumentException("after: must not be negative");
    }
    if (!Position.isEpoch(counter + "-" + node)) {
      throw new IllegalArgumentException("node: must match [0-9a-z-] and be short");
    }
  }

  /** The name of this term in positions. */
  public String epoch() {
    return counter + "-" + node;
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
