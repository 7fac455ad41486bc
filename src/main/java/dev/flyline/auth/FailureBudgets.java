package dev.flyline.auth;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many signatures of each address may fail: a token bucket per address that refills within a
 * minute. Belongs to one thread.
 */
final class FailureBudgets {

  /** Addresses remembered; beyond that, the one unseen for longest starts afresh. */
  static final int MAX_ADDRESSES = 16_384;

  private final int perMinute;
  private final double perNs;
  private final Map<String, Spent> spent = new LinkedHashMap<>(16, 0.75f, true);

  /** What an address had spent at a time. */
  private record Spent(double checks, long atNs) {}

  FailureBudgets(int perMinute) {
    this.perMinute = perMinute;
    this.perNs = perMinute / (double) Duration.ofMinutes(1).toNanos();
  }

  /** Takes one check from the budget of {@code address}; false if it is exhausted. */
  boolean take(String address, long nowNs) {
    double checks = spentBy(address, nowNs) + 1;
    if (checks > perMinute) {
      return false;
    }
    spent.put(address, new Spent(checks, nowNs));
    if (spent.size() > MAX_ADDRESSES) {
      spent.remove(spent.keySet().iterator().next());
    }
    return true;
  }

  /** Gives back a check that did not fail. */
  void giveBack(String address, long nowNs) {
    double checks = spentBy(address, nowNs) - 1;
    if (checks > 0) {
      spent.put(address, new Spent(checks, nowNs));
    } else {
      spent.remove(address);
    }
  }

  int addresses() {
    return spent.size();
  }

  private double spentBy(String address, long nowNs) {
    var last = spent.get(address);
    return last == null ? 0 : Math.max(0, last.checks - (nowNs - last.atNs) * perNs);
  }
}
