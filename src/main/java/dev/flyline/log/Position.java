package dev.flyline.log;

import java.util.Optional;

/**
 * A place in an app's log: {@code <epoch>:<seq>}, where {@code seq} counts the app's lines and
 * marks by one and {@code epoch} names the owner's term in which they were counted.
 *
 * <p>Position {@code e:0} is the place before the first line.
 */
public record Position(String epoch, long seq) {

  private static final int MAX_EPOCH = 40;
  private static final int MAX_DIGITS = 18;

  /** Throws {@link IllegalArgumentException} for an epoch or a seq that no router gives. */
  public Position {
    if (!isEpoch(epoch)) {
      throw new IllegalArgumentException("epoch: must match [0-9a-z-]{1,40}");
    }
    if (seq < 0) {
      throw new IllegalArgumentException("seq: must not be negative");
    }
  }

  /** Returns the position that {@code text} spells, or empty if it spells none. */
  public static Optional<Position> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || !isEpoch(text.substring(0, colon))) {
      return Optional.empty();
    }
    int digits = text.length() - colon - 1;
    if (digits < 1 || digits > MAX_DIGITS) {
      return Optional.empty();
    }
    long seq = 0;
    for (int i = colon + 1; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return Optional.empty();
      }
      seq = seq * 10 + digit;
    }
    return Optional.of(new Position(text.substring(0, colon), seq));
  }

  /** Whether {@code epoch} can stand in a position: {@code [0-9a-z-]{1,40}}. */
  public static boolean isEpoch(String epoch) {
    if (epoch.isEmpty() || epoch.length() > MAX_EPOCH) {
      return false;
    }
    for (int i = 0; i < epoch.length(); i++) {
      char c = epoch.charAt(i);
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return epoch + ':' + seq;
  }
}
