package dev.flyline.cluster;

/** What libraries say when something fails: mostly in the innermost of several exceptions. */
final class Failures {

  private Failures() {}

  /** The innermost message of {@code failure}. */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
