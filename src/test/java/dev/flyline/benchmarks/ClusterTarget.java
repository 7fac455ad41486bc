package dev.flyline.benchmarks;

import dev.flyline.it.FreePorts;
import dev.flyline.log.Member;
import dev.flyline.replica.Liveness;
import dev.flyline.replica.Timing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Routers that are one cluster, and a nats-server that brings them the lines. The apps have names
 * that the routers' own order places as the shape wants it; {@code /v1/cluster} must confirm it.
 *
 * @param nodes what the routers call themselves
 * @param names of the apps of the load
 */
record ClusterTarget(
    Processes processes,
    NatsTarget upstream,
    Shape shape,
    List<RouterProcess> routers,
    List<String> nodes,
    List<String> names)
    implements Target {

  private static final int JOIN_SECONDS = 45;
  private static final int SETTLE_SECONDS = 25;
  private static final int POLL_MS = 250;

  static ClusterTarget start(
      Processes processes, Load load, Shape shape, Map<String, String> settings)
      throws IOException, InterruptedException {
    NatsTarget upstream = NatsTarget.start(processes);
    List<Integer> ports =
        IntStream.range(0, shape.routers()).mapToObj(_ -> FreePorts.first("127.0.0.1", 2)).toList();
    String peers = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    List<RouterProcess> routers = new ArrayList<>();
    for (int i = 0; i < shape.routers(); i++) {
      var own = new HashMap<>(settings);
      own.put("FLYLINE_CLUSTER", "static");
      own.put("FLYLINE_CLUSTER_HOST", "127.0.0.1");
      own.put("FLYLINE_CLUSTER_PORT", Integer.toString(ports.get(i)));
      own.put("FLYLINE_CLUSTER_PEERS", peers);
      own.put("FLYLINE_CLUSTER_SECRET", "VGhpcyBpcyBubyBzZWNyZXQgYnV0IGEgYmVuY2htYXJr");
      routers.add(RouterProcess.start(processes, Shape.nameOf(i), upstream.plain(), own));
    }
    for (RouterProcess router : routers) {
      router.awaitReady(processes);
    }
    await("routers that hear each other", JOIN_SECONDS, () -> strangers(routers));
    List<String> nodes = new ArrayList<>();
    for (RouterProcess router : routers) {
      nodes.add(view(router).getString("node"));
    }
    List<String> names = names(load, shape, nodes, view(routers.getFirst()));
    return new ClusterTarget(processes, upstream, shape, List.copyOf(routers), nodes, names);
  }

  /** Names for the load's apps, of those whose order begins with the owner and the standby. */
  private static List<String> names(Load load, Shape shape, List<String> nodes, JsonObject view) {
    List<Member> members =
        objects(view.getJsonArray("members"))
            .map(
                m -> new Member(m.getString("node"), m.getString("address"), m.getString("region")))
            .toList();
    String owner = nodes.get(shape.owner());
    Member self = members.stream().filter(m -> m.node().equals(owner)).findFirst().orElseThrow();
    var peers = new Liveness(self, Timing.DEFAULT);
    peers.members(members);
    Optional<String> standby = Optional.of(nodes.get(shape.standby()));
    return Stream.iterate(0, i -> i + 1)
        .map(load::app)
        .filter(app -> peers.order(app).getFirst().node().equals(owner))
        .filter(app -> peers.standby(app, owner, "").equals(standby))
        .limit(load.apps())
        .toList();
  }

  private static long strangers(List<RouterProcess> routers) throws IOException {
    long strangers = 0;
    for (RouterProcess router : routers) {
      strangers += routers.size() - view(router).getJsonArray("members").size();
      strangers += router.unheard();
    }
    return strangers;
  }

  private static JsonObject view(RouterProcess router) throws IOException {
    return new JsonObject(router.get("/v1/cluster"));
  }

  private static Stream<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast);
  }

  /** How many are not yet as they should be. */
  private interface Missing {
    long count() throws IOException;
  }

  private static void await(String what, int seconds, Missing missing)
      throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + seconds * 1_000_000_000L;
    for (long count = missing.count(); count != 0; count = missing.count()) {
      if (System.nanoTime() > deadlineNs) {
        throw new IOException("after %d s, %d are not: %s".formatted(seconds, count, what));
      }
      Thread.sleep(POLL_MS);
    }
  }

  @Override
  public String app(Load load, int number) {
    return names.get(number);
  }

  /** Waits until the owner says that each app has its standby in step and its watcher. */
  @Override
  public boolean settle() throws IOException, InterruptedException {
    try {
      await("apps with their owner, standby and watcher", SETTLE_SECONDS, this::moved);
      return true;
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; " + firstMoved(), e);
    }
  }

  @Override
  public long moved() throws IOException {
    return others().size();
  }

  /** The apps that are not as the shape wants them. */
  private Set<String> others() throws IOException {
    Set<String> others = new LinkedHashSet<>(names);
    objects(view(routers.get(shape.owner())).getJsonArray("apps"))
        .filter(this::isPlaced)
        .forEach(app -> others.remove(app.getString("app")));
    return others;
  }

  /** What each router says of the first app that is not as the shape wants it. */
  private String firstMoved() throws IOException {
    var told = new StringBuilder();
    for (String other : others().stream().limit(1).toList()) {
      for (RouterProcess router : routers) {
        JsonObject view = view(router);
        told.append(router.name()).append(" (").append(view.getString("node")).append(") says ");
        objects(view.getJsonArray("apps"))
            .filter(app -> app.getString("app").equals(other))
            .forEach(told::append);
        told.append("; ");
      }
    }
    return told.toString();
  }

  private boolean isPlaced(JsonObject app) {
    return "owner".equals(app.getString("role"))
        && nodes.get(shape.standby()).equals(app.getString("standby"))
        && app.getBoolean("in_step")
        && app.getJsonArray("watchers").contains(nodes.get(shape.door()));
  }

  @Override
  public List<Share> shares() throws IOException {
    List<Share> shares = new ArrayList<>();
    for (RouterProcess router : routers) {
      shares.add(router.share());
    }
    return shares;
  }

  @Override
  public Optional<Process> feeder() {
    return Optional.of(upstream.measured());
  }

  @Override
  public Optional<InetSocketAddress> nats() {
    return upstream.nats();
  }

  @Override
  public Handshake handshake(Load load) {
    return routers.get(shape.door()).handshake(names::get, load.wish(), Format.VERBATIM);
  }

  @Override
  public void close() {
    routers.forEach(router -> processes.end(router.process()));
    upstream.close();
  }
}
