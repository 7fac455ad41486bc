package dev.flyline.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.properties.PropertyDefinition;
import com.hazelcast.logging.ILogger;
import com.hazelcast.spi.discovery.AbstractDiscoveryStrategy;
import com.hazelcast.spi.discovery.DiscoveryNode;
import com.hazelcast.spi.discovery.DiscoveryStrategy;
import com.hazelcast.spi.discovery.DiscoveryStrategyFactory;
import com.hazelcast.spi.discovery.SimpleDiscoveryNode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells Hazelcast where routers may be, and asks the name server again for as long as it runs.
 * Hazelcast asks it at the start, and at each search for other parts of the cluster.
 */
final class PeerDiscovery extends AbstractDiscoveryStrategy {

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final PeerNames names;
  private final ScheduledExecutorService asking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("flyline-peers").factory());

  private PeerDiscovery(PeerNames names, ILogger logger) {
    super(logger, Map.of());
    this.names = names;
  }

  @Override
  public void start() {
    names.ask(); // handed over to the thread by scheduling
    var _ =
        asking.scheduleWithFixedDelay(
            names::ask, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Iterable<DiscoveryNode> discoverNodes() {
    return names.addresses().stream()
        .<DiscoveryNode>map(
            peer -> new SimpleDiscoveryNode(new Address(peer.getAddress(), peer.getPort())))
        .toList();
  }

  @Override
  public void destroy() {
    asking.shutdownNow();
  }

  /** Makes the one discovery of a member. */
  @SuppressWarnings("rawtypes") // Hazelcast's own signatures
  record Factory(PeerNames names) implements DiscoveryStrategyFactory {

    @Override
    public Class<? extends DiscoveryStrategy> getDiscoveryStrategyType() {
      return PeerDiscovery.class;
    }

    @Override
    public DiscoveryStrategy newDiscoveryStrategy(
        DiscoveryNode self, ILogger logger, Map<String, Comparable> properties) {
      return new PeerDiscovery(names, logger);
    }

    @Override
    public Collection<PropertyDefinition> getConfigurationProperties() {
      return List.of();
    }
  }
}
