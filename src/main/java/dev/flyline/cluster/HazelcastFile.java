package dev.flyline.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.DiscoveryStrategyConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.instance.EndpointQualifier;
import dev.flyline.log.Member;
import io.netty.util.NetUtil;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Hazelcast's configuration: {@code conf/hazelcast.xml} of the distribution, or the same file on
 * the class path, and what a router's own settings add to it.
 */
final class HazelcastFile {

  /** The system property that names the file; {@code bin/flyline} sets it. */
  private static final String FILE_PROPERTY = "hazelcast.config";

  private static final String RESOURCE = "/hazelcast.xml";

  private HazelcastFile() {}

  /** The configuration of {@code self}. */
  static Config load(ClusterConfig cluster, Member self, Resolver resolver) throws IOException {
    Config config;
    try (InputStream in = open()) {
      config = new XmlConfigBuilder(in).build();
    }
    config.setClusterName(cluster.clusterName());
    config.setInstanceName(self.node());
    InetAddress own = numeric(cluster.host());
    config.setProperty("hazelcast.local.localAddress", own.getHostAddress());
    Members.describe(self, config.getMemberAttributeConfig());
    var network = config.getAdvancedNetworkConfig();
    if (network.getEndpointConfigs().get(EndpointQualifier.MEMBER)
        instanceof ServerSocketEndpointConfig endpoint) {
      endpoint.setPort(cluster.port());
    }
    var names = new PeerNames(cluster.peers(), own, resolver);
    network
        .getJoin()
        .getDiscoveryConfig()
        .addDiscoveryStrategyConfig(new DiscoveryStrategyConfig(new PeerDiscovery.Factory(names)));
    return config;
  }

  private static InputStream open() throws IOException {
    String file = System.getProperty(FILE_PROPERTY);
    if (file != null) {
      return Files.newInputStream(Path.of(file));
    }
    InputStream resource = HazelcastFile.class.getResourceAsStream(RESOURCE);
    if (resource == null) {
      throw new FileNotFoundException(RESOURCE);
    }
    return resource;
  }

  /** An address that Java writes without a name or scope: Hazelcast compares letter by letter. */
  private static InetAddress numeric(String literal) throws UnknownHostException {
    return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal));
  }
}
