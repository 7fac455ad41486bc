package dev.flyline.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The terms that an app's log went through, which say how far a position of an older term is a
 * position of this log. Immutable.
 *
 * @param terms oldest first; each begins where the one before it ended. Empty before the first term
 */
public record Lineage(List<Term> terms) {

  /** How many terms are remembered; a position of an older one is taken for a stranger's. */
  public static final int REMEMBERED = 32;

  /** Of a log that nobody has owned yet. */
  public static final Lineage NONE = new Lineage(List.of());

  /** Throws {@link IllegalArgumentException} for terms that are not in order. */
  public Lineage {
    terms = List.copyOf(terms);
    for (int i = 1; i < terms.size(); i++) {
      if (!terms.get(i).isAfter(terms.get(i - 1))
          || terms.get(i).after() < terms.get(i - 1).after()) {
        throw new IllegalArgumentException("terms: must be in order");
      }
    }
  }

  /** This lineage with one more term, which must be later than the newest. */
  public Lineage then(Term term) {
    var longer = new ArrayList<>(terms);
    longer.add(term);
    return new Lineage(longer.subList(Math.max(0, longer.size() - REMEMBERED), longer.size()));
  }

  /**
   * The lineage of a log that ends at {@code head}: without the terms that begin after it, of which
   * it has nothing.
   */
  public Lineage until(long head) {
    int end = terms.size();
    while (end > 0 && terms.get(end - 1).after() > head) {
      end--;
    }
    return end == terms.size() ? this : new Lineage(terms.subList(0, end));
  }

  /** Whether there is no term. */
  public boolean isEmpty() {
    return terms.isEmpty();
  }

  /** The newest term; throws {@link java.util.NoSuchElementException} if there is none. */
  public Term newest() {
    return terms.getLast();
  }

  /** The epoch in which {@code seq} was numbered, as far as is remembered; there must be a term. */
  public String epochAt(long seq) {
    int i = terms.size() - 1;
    while (i > 0 && terms.get(i).after() >= seq) {
      i--;
    }
    return terms.get(i).epoch();
  }

  /** The terms up to the one named {@code epoch}; none if it is not among them. */
  public Lineage upTo(String epoch) {
    for (int i = terms.size() - 1; i >= 0; i--) {
      if (terms.get(i).epoch().equals(epoch)) {
        return new Lineage(terms.subList(0, i + 1));
      }
    }
    return NONE;
  }

  /** Whether {@code position} is a place in this log, which goes up to {@code head}. */
  public boolean holds(Position position, long head) {
    long end = head;
    for (int i = terms.size() - 1; i >= 0; i--) {
      if (terms.get(i).epoch().equals(position.epoch())) {
        return position.seq() <= end;
      }
      end = Math.min(end, terms.get(i).after());
    }
    return false;
  }

  /** The last seq that this log and {@code other} have in common, as far as the terms tell. */
  public long common(Lineage other) {
    for (int i = terms.size() - 1; i >= 0; i--) {
      Term term = terms.get(i);
      for (int j = other.terms.size() - 1; j >= 0; j--) {
        if (other.terms.get(j).epoch().equals(term.epoch())) {
          return Math.min(end(i), other.end(j));
        }
      }
    }
    return 0;
  }

  /** Where term {@code i} ended: at the beginning of the next one, or not yet. */
  private long end(int i) {
    return i + 1 < terms.size() ? terms.get(i + 1).after() : Long.MAX_VALUE;
  }
}
