package dev.flyline.benchmarks;

/** The machines that an app's lines come from, and the regions that these are in. */
final class Sources {

  /** As many as there are filters; a {@link Pick} has a bit for each. */
  static final int MANY = 20;

  private static final String[] REGIONS = {"dfw", "ams", "fra", "iad", "syd"};

  private Sources() {}

  static int regions() {
    return REGIONS.length;
  }

  static String region(int source) {
    return REGIONS[source % REGIONS.length];
  }

  static String machine(int source) {
    return "d896d7c609dd%02d".formatted(source);
  }
}
