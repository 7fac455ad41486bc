package dev.flyline.cluster;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This router's entries in what all routers share, by which the others find its bus address. They
 * can be lost, when clusters split and merge or several members die at once, and nothing in the bus
 * would notice: of Vert.x 5.1.6 nothing takes {@code RegistrationListener.registrationsLost}. So
 * they are looked up now and then, and put back.
 *
 * <p>Belongs to the cluster's context.
 */
final class Registration {

  private static final Logger log = LoggerFactory.getLogger(Registration.class);

  private final ClusterManager directory;
  private final String address;
  private final RegistrationInfo consumer;
  private final NodeInfo node;
  private final Meters meters;
  private boolean looking;

  private Registration(
      ClusterManager directory,
      String address,
      RegistrationInfo consumer,
      NodeInfo node,
      Meters meters) {
    this.directory = directory;
    this.address = address;
    this.consumer = consumer;
    this.node = node;
    this.meters = meters;
  }

  /** Remembers how the consumer at {@code address} of this router is registered now. */
  static Future<Registration> of(ClusterManager directory, String address, Meters meters) {
    return registered(directory, address)
        .map(
            found ->
                new Registration(
                    directory, address, found.getFirst(), directory.getNodeInfo(), meters));
  }

  /** Looks for the entries and puts back what is missing, if it is not just doing so. */
  void mend() {
    if (!looking) {
      looking = true;
      var _ = mendConsumer().eventually(this::mendNode).onComplete(_ -> looking = false);
    }
  }

  private Future<Void> mendConsumer() {
    return registered(directory, address)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.<Void>future(put -> directory.addRegistration(address, consumer, put))
                        .onSuccess(_ -> mended())
                    : Future.succeededFuture());
  }

  private Future<Void> mendNode() {
    return Future.<NodeInfo>future(get -> directory.getNodeInfo(directory.getNodeId(), get))
        .<Void>mapEmpty()
        .recover( // it fails when there is none, and when nobody knows: then this fails too
            _ ->
                Future.<Void>future(put -> directory.setNodeInfo(node, put))
                    .onSuccess(_ -> mended()));
  }

  private void mended() {
    meters.count(Meter.BUS_REGISTRATIONS_MENDED);
    log.warn("the other routers had lost the bus address of this one; it is registered again");
  }

  /** What the routers share about the consumer of this one. */
  private static Future<List<RegistrationInfo>> registered(
      ClusterManager directory, String address) {
    return Future.<List<RegistrationInfo>>future(get -> directory.getRegistrations(address, get))
        .map(all -> all.stream().filter(r -> r.nodeId().equals(directory.getNodeId())).toList());
  }
}
