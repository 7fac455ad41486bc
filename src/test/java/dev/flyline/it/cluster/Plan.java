package dev.flyline.it.cluster;

import java.time.Duration;

/**
 * What a load consists of.
 *
 * @param name the prefix of its apps' names, which no other load has
 * @param machines machines of each app
 * @param rate lines a second, of all apps together
 * @param viewers of all apps together, the same number of each
 * @param patience how long a viewer takes silence for an accident while lines are being published
 * @param wanderers of how many viewers one moves to another router of its own accord, every few
 *     seconds; 0 for none
 */
record Plan(
    String name, int apps, int machines, int rate, int viewers, Duration patience, int wanderers) {

  /**
   * The load of most scenarios.
   *
   * <p>A client that knows nothing comes back after 40 s of silence. These know that their app has
   * some 65 lines a second, so 4 s tell them that their router hangs; a test that waited ten times
   * as long would show no more.
   */
  static Plan usual(String name) {
    return new Plan(name, 30, 3, 2_000, 300, Duration.ofSeconds(4), 10);
  }

  /**
   * The same with viewers who move only when their stream ends: neither while nothing is wrong, nor
   * because a busy machine was silent for some seconds.
   */
  Plan patient(Duration longer) {
    return new Plan(name, apps, machines, rate, viewers, longer, 0);
  }

  String app(int index) {
    return name + "-" + index;
  }
}
