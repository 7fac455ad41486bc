package dev.flyline.filter;

/**
 * A filter expression that cannot be understood. Its texts repeat nothing of the expression, so
 * they may be sent to whoever wrote it.
 */
public final class FilterException extends Exception {

  private static final long serialVersionUID = 1;

  private final int position;
  private final String hint;

  /**
   * Makes one.
   *
   * @param detail what is wrong, in one sentence
   * @param position the index of the character (UTF-16 code unit) at fault, counted from 0
   * @param hint how to mend it
   */
  FilterException(String detail, int position, String hint) {
    super(detail, null, false, false);
    this.position = position;
    this.hint = hint;
  }

  /** What is wrong, in one sentence. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** The index of the character (UTF-16 code unit) at fault, counted from 0. */
  public int position() {
    return position;
  }

  /** How to mend it. */
  public String hint() {
    return hint;
  }
}
