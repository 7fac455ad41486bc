package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.flyline.cluster.ClusterConfig.Mode;
import dev.flyline.config.Secret;
import dev.flyline.it.FreePorts;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Routers of one cluster in this process, each on its own pair of ports. */
final class TestCluster implements AutoCloseable {

  static final String HOST = loopback();

  private final String name = "test-" + UUID.randomUUID();
  private final List<Integer> ports;
  private final List<TestMember> members = new ArrayList<>();
  private final List<String> nodes = new ArrayList<>(); // also of those that did not start

  /** A cluster for at most {@code size} routers; none runs yet. */
  TestCluster(int size) {
    this.ports = freePairs(size);
  }

  /** The settings of the router number {@code i}, which knows the addresses of all. */
  ClusterConfig config(int i) {
    return new ClusterConfig(
        Mode.STATIC,
        name,
        ClusterConfig.WIRE_VERSION,
        "region-" + i,
        HOST,
        ports.get(i),
        ports.stream().map(port -> new HostPort(HOST, port)).toList(),
        secret("the"));
  }

  /** The secret of this name, or several of them as while one is being replaced. */
  static ClusterCredentials secret(String... names) {
    return new ClusterCredentials.SharedSecret(
        Stream.of(names).map(name -> new Secret(name + " secret of this test's cluster")).toList());
  }

  /** The same router with other credentials. */
  static ClusterConfig with(ClusterConfig config, ClusterCredentials credentials) {
    return new ClusterConfig(
        config.mode(),
        config.name(),
        config.wire(),
        config.region(),
        config.host(),
        config.port(),
        config.peers(),
        credentials);
  }

  int port(int i) {
    return ports.get(i);
  }

  TestMember start(int i) {
    return start(config(i));
  }

  TestMember start(ClusterConfig config) {
    return await(begin(config, InetAddress::getAllByName));
  }

  TestMember start(ClusterConfig config, Resolver resolver) {
    return await(begin(config, resolver));
  }

  /** Starts the first {@code count} routers at the same moment. */
  List<TestMember> startTogether(int count) {
    return startTogether(IntStream.range(0, count).mapToObj(this::config).toList());
  }

  List<TestMember> startTogether(List<ClusterConfig> configs) {
    return configs.stream()
        .map(config -> begin(config, InetAddress::getAllByName))
        .toList()
        .stream()
        .map(TestCluster::await)
        .toList();
  }

  private Future<TestMember> begin(ClusterConfig config, Resolver resolver) {
    var meters = new Meters();
    String node = "n" + Long.toString(new Random().nextLong(1L << 40), 36);
    nodes.add(node);
    return Joined.start(config, node, new VertxOptions().setEventLoopPoolSize(2), meters, resolver)
        .map(
            cluster -> {
              var member = new TestMember((Joined) cluster, meters);
              synchronized (members) {
                members.add(member);
              }
              return member;
            });
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(100, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Ports that are free, as is the one after each. */
  static List<Integer> freePairs(int count) {
    return IntStream.range(0, count).mapToObj(_ -> FreePorts.first(HOST, 2)).toList();
  }

  /** IPv6 where the machine has it. */
  private static String loopback() {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
      return "::1";
    } catch (IOException _) {
      return "127.0.0.1";
    }
  }

  /** Ends all that still run, without a word to the others, and sees that they have ended. */
  @Override
  public void close() {
    List<TestMember> all;
    synchronized (members) {
      all = List.copyOf(members);
    }
    all.forEach(TestMember::kill);
    assertThat(Hazelcast.getAllHazelcastInstances())
        .extracting(HazelcastInstance::getName)
        .doesNotContainAnyElementsOf(nodes);
  }
}
