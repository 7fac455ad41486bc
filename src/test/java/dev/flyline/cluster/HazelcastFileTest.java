package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.MultiMapConfig.ValueCollectionType;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import dev.flyline.cluster.ClusterConfig.Mode;
import dev.flyline.log.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What conf/hazelcast.xml and the settings make together. */
@Timeout(20)
final class HazelcastFileTest {

  private static final ClusterConfig CLUSTER =
      new ClusterConfig(
          Mode.STATIC,
          "logs",
          7,
          "fra",
          "fdaa::3",
          6000,
          List.of(new HostPort("fdaa::4", 6000)),
          null);

  @Test
  void settings_areInIt() throws IOException {
    Config config = load();

    assertThat(config.getClusterName()).isEqualTo("logs-w7");
    assertThat(config.getProperty("hazelcast.local.localAddress")).isEqualTo("fdaa:0:0:0:0:0:0:3");
    assertThat(endpoint(config).getPort()).isEqualTo(6000);
    assertThat(config.getMemberAttributeConfig().getAttributes())
        .containsEntry("__vertx.nodeId", "me")
        .containsEntry("flyline.region", "fra")
        .containsEntry("flyline.address", "[fdaa::3]:6000");
  }

  /** Of the settings of Hazelcast that would break the cluster, or open it, by their defaults. */
  @ParameterizedTest
  @CsvSource({
    "hazelcast.prefer.ipv4.stack, false",
    "hazelcast.socket.bind.any, false",
    "hazelcast.heartbeat.interval.seconds, 1",
    "hazelcast.max.no.heartbeat.seconds, 12",
    "hazelcast.shutdownhook.enabled, false",
    "hazelcast.discovery.enabled, true",
    "hazelcast.logging.type, slf4j",
    "hazelcast.phone.home.enabled, false",
    "hazelcast.graceful.shutdown.max.wait, 10"
  })
  void file_setsWhatTheDefaultsWouldSpoil(String property, String value) throws IOException {
    assertThat(load().getProperty(property)).isEqualTo(value);
  }

  @Test
  void whatVertxNeeds_isInIt() throws IOException {
    Config config = load();

    assertThat(config.getMultiMapConfig("__vertx.subs").getValueCollectionType())
        .isEqualTo(ValueCollectionType.SET);
    assertThat(config.getMapConfig("__vertx.nodeInfo").getBackupCount()).isEqualTo(2);
  }

  @Test
  void membersAlone_areLetIn_andFoundByOurDiscoveryAlone() throws IOException {
    var network = load().getAdvancedNetworkConfig();

    assertThat(network.isEnabled()).isTrue();
    assertThat(network.getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
    assertThat(endpoint(load()).isPortAutoIncrement()).isFalse();
    assertThat(network.getJoin().getMulticastConfig().isEnabled()).isFalse();
    assertThat(network.getJoin().isAutoDetectionEnabled()).isFalse();
    assertThat(network.getJoin().getDiscoveryConfig().getDiscoveryStrategyConfigs()).hasSize(1);
  }

  @Test
  void javaObjects_areReadOfListedClassesOnly() throws IOException {
    var filter = load().getSerializationConfig().getJavaSerializationFilterConfig();

    assertThat(filter.isDefaultsDisabled()).isTrue();
    assertThat(filter.getWhitelist().isListed("com.hazelcast.core.HazelcastException")).isTrue();
    assertThat(
            List.of(
                "java.util.HashMap",
                "java.lang.reflect.Proxy",
                "java.lang.invoke.SerializedLambda",
                "java.net.URL",
                "javax.management.BadAttributeValueExpException",
                "com.hazelcast.jet.function.RunnableEx",
                "dev.flyline.log.AppName"))
        .noneMatch(filter.getWhitelist()::isListed);
  }

  private static ServerSocketEndpointConfig endpoint(Config config) {
    return Objects.requireNonNull(
        (ServerSocketEndpointConfig)
            config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER));
  }

  private static Config load() throws IOException {
    var self = new Member("me", CLUSTER.address(), CLUSTER.region());
    return HazelcastFile.load(CLUSTER, self, InetAddress::getAllByName);
  }
}
