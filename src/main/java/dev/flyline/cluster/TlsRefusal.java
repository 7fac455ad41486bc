package dev.flyline.cluster;

import java.io.EOFException;

/**
 * The end of a connection that has not proven the cluster's secret. It is an end of file to
 * Hazelcast, which writes a stack trace into the log for every other failure.
 */
final class TlsRefusal extends EOFException {

  private static final long serialVersionUID = 1;

  private static final String GONE_AWAY = "it went away";

  TlsRefusal(String reason) {
    super(reason);
  }

  /** The other side has closed or broken the connection. */
  static TlsRefusal goneAway() {
    return new TlsRefusal(GONE_AWAY);
  }

  /** Whether {@code cause} is nobody's fault: health checks and port scans end so. */
  static boolean isGoneAway(Throwable cause) {
    return cause instanceof TlsRefusal && GONE_AWAY.equals(cause.getMessage());
  }

  @Override
  public Throwable fillInStackTrace() {
    return this; // strangers cause it: it must cost little
  }
}
