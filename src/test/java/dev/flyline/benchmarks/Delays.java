package dev.flyline.benchmarks;

/**
 * Counts of delays in buckets that are at most 1.6 % wide, so that recording one costs an increment
 * and any quantile is known afterwards. One thread records.
 */
final class Delays {

  /** Each power of two is cut into this many buckets. */
  private static final int PARTS = 64;

  private static final int PART_BITS = Integer.numberOfTrailingZeros(PARTS);

  private final long[] counts = new long[(Long.SIZE - PART_BITS) * PARTS];
  private long count;
  private long maxNs;

  void record(long delayNs) {
    long ns = Math.max(delayNs, 0);
    counts[bucket(ns)]++;
    count++;
    maxNs = Math.max(maxNs, ns);
  }

  void add(Delays other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    count += other.count;
    maxNs = Math.max(maxNs, other.maxNs);
  }

  long maxNs() {
    return maxNs;
  }

  /** The delay that {@code share} of all do not exceed, or 0 when there are none. */
  long quantileNs(double share) {
    long rank = (long) Math.ceil(share * count);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank && seen > 0) {
        return Math.min(upperBound(i), maxNs);
      }
    }
    return 0;
  }

  private static int bucket(long ns) {
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(ns) - PART_BITS - 1);
    return shift * PARTS + (int) (ns >>> shift);
  }

  private static long upperBound(int bucket) {
    int shift = Math.max(0, bucket / PARTS - 1);
    return ((bucket - shift * PARTS + 1L) << shift) - 1;
  }
}
