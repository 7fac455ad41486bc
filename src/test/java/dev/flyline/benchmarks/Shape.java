package dev.flyline.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Routers under measurement, and which of them does what for every app. */
enum Shape {
  SINGLE("single router", 1, 0, 0, 0),
  TWO("2 routers", 2, 0, 1, 1),
  THREE("3 routers", 3, 0, 2, 1),
  AT_OWNER("3, viewers at owner", 3, 0, 2, 0);

  private final String title;
  private final int routers;
  private final int owner;
  private final int standby;
  private final int door;

  Shape(String title, int routers, int owner, int standby, int door) {
    this.title = title;
    this.routers = routers;
    this.owner = owner;
    this.standby = standby;
    this.door = door;
  }

  String title() {
    return title;
  }

  int routers() {
    return routers;
  }

  /** The number of the router that owns every app. */
  int owner() {
    return owner;
  }

  /** The number of the router that stands by for every app. */
  int standby() {
    return standby;
  }

  /** The number of the router at which all viewers are. */
  int door() {
    return door;
  }

  boolean isCluster() {
    return routers > 1;
  }

  static String nameOf(int router) {
    return "r" + (router + 1);
  }

  /** Who does what, in words. */
  String roles() {
    if (!isCluster()) {
      return "alone";
    }
    return String.join(
        ", ", IntStream.range(0, routers).mapToObj(i -> nameOf(i) + ' ' + duties(i)).toList());
  }

  private String duties(int router) {
    List<String> duties = new ArrayList<>();
    Collections.addAll(
        duties,
        router == owner ? "owner" : "",
        router == standby ? "standby" : "",
        router == door ? "viewers" : "");
    duties.removeIf(String::isEmpty);
    return duties.isEmpty() ? "idle" : String.join(" + ", duties);
  }
}
