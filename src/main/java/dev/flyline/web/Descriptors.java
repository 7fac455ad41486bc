package dev.flyline.web;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many files and sockets the process may open ({@code ulimit -n}), and how many of them are not
 * for viewers: NATS, other routers, and the operators' port must work while viewers take all
 * others.
 *
 * @param max what the process may open
 * @param reserved what viewers' connections never take
 */
record Descriptors(long max, long reserved) {

  private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);

  private static final long LEAST_SPARE = 64;
  private static final long MOST_SPARE = 1024;
  private static final int SPARE_PART = 8;

  /** Where nobody can tell. */
  private static final Descriptors UNKNOWN = new Descriptors(Integer.MAX_VALUE, 0);

  /** Those of this process; what is open now is not for viewers. */
  static Descriptors ofThisProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? of(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
        : UNKNOWN;
  }

  static Descriptors of(long max, long open) {
    return new Descriptors(max, open + Math.clamp(max / SPARE_PART, LEAST_SPARE, MOST_SPARE));
  }

  /** How many connections of viewers they allow; never none, so that a fault can be seen. */
  int connections() {
    return Math.clamp(max - reserved, 1, Integer.MAX_VALUE);
  }

  /** Says once at the start what they allow to a router of {@code limits}. */
  void log(ConnectionLimits limits, int maxViewers) {
    String text =
        "ulimit -n is {}: {} connections on the viewers' port, {} of them without a token;"
            + " {} are kept for NATS, other routers and operators";
    if (connections() < maxViewers) {
      LOG.warn(
          text + "; limit.viewers is {}: raise ulimit -n",
          max,
          limits.max(),
          limits.strangers(),
          reserved,
          maxViewers);
    } else {
      LOG.info(text, max, limits.max(), limits.strangers(), reserved);
    }
  }
}
