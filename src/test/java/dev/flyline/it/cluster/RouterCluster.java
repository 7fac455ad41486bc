package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Routers that are to be one cluster, and what they say of it. */
final class RouterCluster {

  /**
   * How long sides that were cut, and those who boot, have to find each other: a busy machine's
   * time.
   */
  static final Duration FOUND = Duration.ofMinutes(3);

  /** How long new standbys have to be in step: a busy machine's time. */
  static final Duration SETTLED = Duration.ofMinutes(5);

  /** The clusters' secret, unless a test replaces it. */
  static final String SECRET = "VGhpcyBpcyBubyBzZWNyZXQgYnV0IGEgdGVzdCdz";

  /** So that tests need not wait for what takes half a minute as a rule. */
  private static final Map<String, String> HASTE =
      Map.of("FLYLINE_DRAIN", "3s", "FLYLINE_INGEST_LINGER", "2s");

  private final List<RouterProcess> routers;

  private RouterCluster(List<RouterProcess> routers) {
    this.routers = List.copyOf(routers);
  }

  /** Starts a router at each site, all at the same moment, and waits until they are one. */
  static RouterCluster start(Routers processes, List<Site> sites) {
    return start(processes, sites, HASTE);
  }

  /** The same with the clocks that routers have where nobody sets them. */
  static RouterCluster startUnhurried(Routers processes, List<Site> sites) {
    return start(processes, sites, Map.of());
  }

  private static RouterCluster start(
      Routers processes, List<Site> sites, Map<String, String> clocks) {
    String peers = sites.stream().map(Site::peer).collect(Collectors.joining(","));
    var cluster =
        new RouterCluster(
            sites.stream().map(s -> processes.start(s, settings(s, peers, clocks))).toList());
    cluster.awaitWhole();
    return cluster;
  }

  /** The settings of a member at {@code site} that is told of {@code peers}. */
  static Map<String, String> settings(Site site, String peers) {
    return settings(site, peers, HASTE);
  }

  private static Map<String, String> settings(Site site, String peers, Map<String, String> clocks) {
    var settings = new HashMap<>(clocks);
    settings.put("FLYLINE_CLUSTER", "static");
    settings.put("FLYLINE_CLUSTER_HOST", site.clusterHost());
    settings.put("FLYLINE_CLUSTER_PORT", Integer.toString(site.clusterPort()));
    settings.put("FLYLINE_CLUSTER_PEERS", peers);
    settings.put("FLYLINE_CLUSTER_SECRET", SECRET);
    return settings;
  }

  List<RouterProcess> routers() {
    return routers;
  }

  RouterProcess get(int index) {
    return routers.get(index);
  }

  /** All but this one. */
  List<RouterProcess> without(RouterProcess router) {
    return routers.stream().filter(r -> r != router).toList();
  }

  /** Where viewers find the routers. */
  List<InetSocketAddress> doors() {
    return routers.stream().map(router -> router.site().http()).toList();
  }

  /** Starts those that have ended, and waits until all are one cluster. */
  void mend() {
    routers.stream().filter(r -> !r.isAlive()).forEach(RouterProcess::restart);
    awaitWhole();
  }

  private void awaitWhole() {
    routers.forEach(RouterProcess::awaitReady);
    awaitMembers(routers.size());
  }

  /** Waits until every router sees so many members; returns the milliseconds that took. */
  long awaitMembers(int count) {
    return Await.until(
        count + " members everywhere", FOUND, () -> sees(count), () -> "they see " + members());
  }

  /** Whether every router sees so many members. */
  boolean sees(int count) {
    return members().values().stream().allMatch(n -> n == count);
  }

  /** How many members each router sees; 0 for one that does not answer. */
  private Map<String, Integer> members() {
    var members = new TreeMap<String, Integer>();
    for (RouterProcess router : routers) {
      try {
        members.put(router.site().name(), router.view().members().size());
      } catch (IOException _) {
        members.put(router.site().name(), 0);
      }
    }
    return members;
  }

  /**
   * Waits until each app has one owner among {@code live} and a standby in step; returns the
   * milliseconds that took.
   */
  static long awaitSettled(List<RouterProcess> live, Set<String> apps) {
    return Await.until(
        "one owner and a standby in step for each app",
        SETTLED,
        () -> unsettled(live, apps).isEmpty(),
        () -> {
          List<String> unsettled = unsettled(live, apps);
          return unsettled.size() + " apps have not: " + unsettled.stream().limit(5).toList();
        });
  }

  long awaitSettled(Set<String> apps) {
    return awaitSettled(routers, apps);
  }

  private static List<String> unsettled(List<RouterProcess> live, Set<String> apps) {
    Map<String, List<ClusterView.App>> owned = owned(live);
    var unsettled = new ArrayList<String>();
    for (String app : apps) {
      List<ClusterView.App> owners = owned.getOrDefault(app, List.of());
      boolean alone = live.size() == 1;
      if (owners.size() != 1
          || !(alone || (owners.getFirst().standby().isPresent() && owners.getFirst().inStep()))) {
        unsettled.add(app + " " + owners);
      }
    }
    return unsettled;
  }

  /** What owners say of their apps, by app: of each there should be one. */
  private static Map<String, List<ClusterView.App>> owned(List<RouterProcess> live) {
    var owned = new HashMap<String, List<ClusterView.App>>();
    for (RouterProcess router : live) {
      try {
        for (ClusterView.App app : router.view().owned()) {
          owned.computeIfAbsent(app.app(), _ -> new ArrayList<>()).add(app);
        }
      } catch (IOException _) {
        // owns nothing that anybody knows of
      }
    }
    return owned;
  }

  /** The epoch of each app that {@code router} owns. */
  static Map<String, String> epochs(RouterProcess router) {
    try {
      return router.view().owned().stream()
          .collect(Collectors.toMap(ClusterView.App::app, ClusterView.App::epoch));
    } catch (IOException e) {
      throw new AssertionError(router.site().name() + " does not say what it owns", e);
    }
  }

  /** Fails if any router has ended that should run. */
  void assertAllAlive() {
    assertThat(routers).allMatch(RouterProcess::isAlive);
  }
}
