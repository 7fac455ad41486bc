package dev.flyline.it.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One router's answer to {@code GET /v1/cluster}. */
record ClusterView(String node, List<Member> members, List<App> apps) {

  record Member(String node, String address, String region) {}

  /**
   * What the router knows of an app that it watches, owns or stands by for.
   *
   * @param inStep whether the standby could take over now
   */
  record App(
      String app,
      Role role,
      Optional<String> owner,
      Optional<String> standby,
      boolean inStep,
      String epoch,
      long head,
      long oldest,
      List<String> watchers,
      long ringBytes) {}

  enum Role {
    OWNER,
    STANDBY,
    FOLLOWER
  }

  static ClusterView parse(JsonObject json) {
    return new ClusterView(
        json.getString("node"),
        objects(json.getJsonArray("members"))
            .map(
                m -> new Member(m.getString("node"), m.getString("address"), m.getString("region")))
            .toList(),
        objects(json.getJsonArray("apps")).map(ClusterView::app).toList());
  }

  private static App app(JsonObject app) {
    return new App(
        app.getString("app"),
        role(app.getString("role")),
        Optional.ofNullable(app.getString("owner")),
        Optional.ofNullable(app.getString("standby")),
        app.getBoolean("in_step"),
        String.valueOf(app.getValue("epoch")),
        app.getLong("head"),
        app.getLong("oldest"),
        app.getJsonArray("watchers").stream().map(String.class::cast).toList(),
        app.getLong("ring_bytes"));
  }

  private static Role role(String name) {
    return switch (name) {
      case "owner" -> Role.OWNER;
      case "standby" -> Role.STANDBY;
      case "follower", "claiming" -> Role.FOLLOWER;
      default -> throw new AssertionError("not a role: " + name);
    };
  }

  private static Stream<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast);
  }

  /** The apps that this router owns. */
  List<App> owned() {
    return apps.stream().filter(app -> app.role() == Role.OWNER).toList();
  }
}
