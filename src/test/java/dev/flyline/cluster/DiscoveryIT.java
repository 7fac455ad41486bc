package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.cluster.ClusterConfig.Mode;
import dev.flyline.it.SideBySide;
import dev.flyline.it.Slowness;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Finding peers by name, and by a list with names in it. */
@Timeout(300)
@SideBySide
final class DiscoveryIT {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral(TestCluster.HOST);

  /** Two names, since two routers on one address differ in their ports. */
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  @Test
  void nameWhoseAnswerGrows_isAskedAgain_andTheTwoClustersBecomeOne() throws Exception {
    try (var slowness = Slowness.measure();
        var cluster = new TestCluster(2)) {
      var names = List.of("first:" + cluster.port(0), "second:" + cluster.port(1));
      var first = cluster.start(dns(cluster.config(0), names), this::resolve);
      var second = cluster.start(dns(cluster.config(1), names), this::resolve);
      assertThat(first.cluster().members()).hasSize(1);
      assertThat(second.cluster().members()).hasSize(1);

      known.addAll(List.of("first", "second"));
      long knownNs = System.nanoTime();
      first.awaitSize(2);
      second.awaitSize(2);

      long knownMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - knownNs);
      assertThat(slowness.unhindered(knownMs)).isLessThan(20_000);
      first.reach(second, "hello");
      second.reach(first, "hello yourself");
    }
  }

  @Test
  void peerThatDoesNotResolve_isWarnedOfOnce_andTheOthersAreFound() throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(2)) {
      known.add("here");
      var names = List.of("absent:5701", "here:" + cluster.port(0), "here:" + cluster.port(1));
      var first = cluster.start(dns(cluster.config(0), names), this::resolve);
      var second = cluster.start(dns(cluster.config(1), names), this::resolve);

      first.awaitSize(2);
      second.awaitSize(2);

      assertThat(log.rest()).filteredOn(line -> line.contains("absent")).hasSize(2); // one each
    }
  }

  private static ClusterConfig dns(ClusterConfig config, List<String> names) {
    return new ClusterConfig(
        Mode.DNS,
        config.name(),
        config.wire(),
        config.region(),
        config.host(),
        config.port(),
        names.stream().flatMap(name -> HostPort.parse(name, 0).stream()).toList(),
        TestCluster.secret("the"));
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    return Stream.of(LOOPBACK)
        .filter(_ -> known.contains(host))
        .findFirst()
        .map(address -> new InetAddress[] {address})
        .orElseThrow(() -> new UnknownHostException(host));
  }
}
