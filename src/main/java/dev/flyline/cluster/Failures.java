package dev.flyline.cluster;

import java.net.BindException;

/** What libraries say when something fails: mostly in the innermost of several exceptions. */
final class Failures {

  private Failures() {}

  /** Whether an address of this machine could not be listened on. */
  static boolean isOfBinding(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (cause instanceof BindException
          || text.contains("bind(..)")
          || text.contains("already in use")
          || text.contains("Cannot assign requested address")) {
        return true;
      }
    }
    return false;
  }

  /** The innermost message of {@code failure}. */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
