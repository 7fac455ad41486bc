package dev.flyline.it;

/** This JVM among those that run tests at the same time: each has ports and networks of its own. */
public final class Fork {

  /** The most JVMs that run tests at the same time. */
  static final int MOST = 4;

  private static final int NUMBER = number(System.getProperty("flyline.it.fork", "1"));

  private Fork() {}

  /** Fails rather than let two JVMs have the same ports and networks. */
  static int number(String given) {
    int number = Integer.parseInt(given);
    if (number < 1 || number > MOST) {
      throw new IllegalArgumentException("JVM " + number + " of at most " + MOST);
    }
    return number;
  }

  /** Counted from 1. */
  public static int number() {
    return NUMBER;
  }
}
