package dev.flyline.cluster;

import dev.flyline.cluster.Joining.Joint;
import dev.flyline.lane.Lanes;
import dev.flyline.log.Member;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A router that has joined its peers: Hazelcast for the list of members, Vert.x' clustered bus for
 * messages, one address for each router.
 *
 * <p>{@link #context} runs all that is called back; the list of members is replaced there alone.
 */
final class Joined implements Cluster {

  private static final Logger log = LoggerFactory.getLogger(Joined.class);

  /** Hazelcast tells of changes; should that be late or lost, they are seen after so long. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** How often peers are probed and the own registration is looked up. */
  private static final Duration PROBE = Duration.ofSeconds(2);

  private final Member self;
  private final Joint joint;
  private final Context context;
  private final PeerSenders peers;
  private final Probes probes;
  private final List<Consumer<List<Member>>> memberListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> failureListeners = new CopyOnWriteArrayList<>();
  private final Promise<Void> lost = Promise.promise(); // of no event loop: it outlives them
  private final Promise<Void> left = Promise.promise();
  private final AtomicBoolean leaving = new AtomicBoolean();
  private final MessageConsumer<Object> consumer;
  private volatile List<Member> members;
  private volatile Handler<Buffer> receiver = _ -> {};

  /** Runs on {@code context}, so that the consumer belongs to it. */
  private Joined(Member self, Joint joint, Context context, Meters meters) {
    this.self = self;
    this.joint = joint;
    this.context = context;
    var bus = joint.vertx().eventBus();
    bus.registerCodec(new RawCodec());
    bus.serializableChecker(_ -> false); // what comes is never made an object of any class
    bus.clusterSerializableChecker(_ -> false);
    this.peers = new PeerSenders(bus, meters, this::refused);
    this.probes = new Probes(self, peers);
    this.members = Members.of(joint.hazelcast(), self);
    this.consumer = bus.consumer(PeerSenders.address(self.node()));
    meters.gauge(Meter.CLUSTER_MEMBERS, () -> members.size());
    meters.gauge(Meter.CLUSTER_UNHEARD, probes::unheard);
  }

  static Future<Cluster> start(
      ClusterConfig config, String node, VertxOptions options, Meters meters, Resolver resolver) {
    var self = new Member(node, config.address(), config.region());
    Promise<Cluster> started = Promise.promise();
    Joining.join(config, self, options, meters, resolver)
        .onSuccess(
            joint -> {
              var context = Lanes.newContext(joint.vertx());
              context.runOnContext(
                  _ -> new Joined(self, joint, context, meters).open(meters).onComplete(started));
            })
        .onFailure(started::fail);
    return started.future();
  }

  /** Registers the one consumer, then begins to look after it and the members. */
  private Future<Cluster> open(Meters meters) {
    consumer.handler(message -> received(message.body()));
    return consumer
        .completion()
        .compose(_ -> Registration.of(joint.directory(), consumer.address(), meters))
        .map(this::watch);
  }

  private Cluster watch(Registration registration) {
    Members.watch(joint.hazelcast(), this::lookSoon);
    joint.vertx().setPeriodic(LOOK.toMillis(), _ -> look());
    onMembers(_ -> registration.mend()); // a merge is what loses it
    probeLater(registration);
    log.info("{} in {} has joined; routers: {}", self.address(), self.region(), addresses(members));
    return this;
  }

  /** On a thread of Hazelcast's, which does not end while a listener throws. */
  private void lookSoon() {
    try {
      context.runOnContext(_ -> look());
    } catch (RejectedExecutionException _) { // Vert.x has closed: nobody is told any more
      log.debug("the members changed after the bus had closed");
    }
  }

  /** Not periodic: those missed while the process was frozen would all come at once. */
  private void probeLater(Registration registration) {
    joint
        .vertx()
        .setTimer(
            PROBE.toMillis(),
            _ -> {
              registration.mend();
              probes.tick(members);
              probeLater(registration);
            });
  }

  /** Sees who is there, and whether this router still is. */
  private void look() {
    if (!leaving.get() && !Members.isOne(joint.hazelcast()) && lost.tryComplete()) {
      log.error(
          "Hazelcast has ended by itself: this router is no member any more and must be started"
              + " again");
    }
    List<Member> before = members;
    List<Member> now = Members.of(joint.hazelcast(), self);
    if (leaving.get() || now.equals(before)) {
      return;
    }
    members = now;
    peers.retain(now.stream().map(Member::node).toList());
    tell("has come", now, before);
    tell("has gone", before, now);
    memberListeners.forEach(listener -> listener.accept(now));
  }

  private static void tell(String what, List<Member> these, List<Member> others) {
    these.stream()
        .filter(member -> !others.contains(member))
        .forEach(
            member ->
                log.info(
                    "router {} at {} in {} {}",
                    member.node(),
                    member.address(),
                    member.region(),
                    what));
  }

  private void received(Object body) {
    switch (body) {
      case Buffer message -> receiver.handle(message);
      case String probe -> probes.received(probe, members);
      default -> log.warn("a message that no router sends has come over the bus; ignored");
    }
  }

  private void refused(String node) {
    context.runOnContext(_ -> failureListeners.forEach(listener -> listener.accept(node)));
  }

  private static List<String> addresses(List<Member> members) {
    return members.stream().map(Member::address).toList();
  }

  @Override
  public Vertx vertx() {
    return joint.vertx();
  }

  @Override
  public Member self() {
    return self;
  }

  @Override
  public List<Member> members() {
    return members;
  }

  @Override
  public void onMembers(Consumer<List<Member>> listener) {
    memberListeners.add(listener);
  }

  @Override
  public void send(String node, Buffer message) {
    peers.send(node, message);
  }

  @Override
  public void receive(Handler<Buffer> handler) {
    receiver = handler;
  }

  @Override
  public void onFailure(Consumer<String> listener) {
    failureListeners.add(listener);
  }

  @Override
  public Future<Void> lost() {
    return lost.future();
  }

  @Override
  public Future<Void> leave() {
    if (leaving.compareAndSet(false, true)) {
      context.runOnContext(
          _ ->
              consumer
                  .unregister()
                  .eventually(() -> Future.<Void>future(joint.directory()::leave))
                  .onComplete(_ -> Joining.leave(joint).onComplete(left)));
    }
    return left.future();
  }
}
