package dev.flyline.it;

/** This JVM among those that run tests at the same time: each has ports and networks of its own. */
public final class Fork {

  /** The most JVMs that run tests at the same time. */
  static final int MOST = 4;

  private static final int NUMBER = Integer.getInteger("flyline.it.fork", 1);

  private Fork() {}

  /** Counted from 1. */
  public static int number() {
    return NUMBER;
  }
}
