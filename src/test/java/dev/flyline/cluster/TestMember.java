package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.flyline.log.Member;
import dev.flyline.metrics.Meters;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** One router of a test: what it sees and hears waits here. */
final class TestMember {

  private final Joined cluster;
  private final Meters meters;
  private final BlockingQueue<List<Member>> lists = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();

  TestMember(Joined cluster, Meters meters) {
    this.cluster = cluster;
    this.meters = meters;
    cluster.onMembers(lists::add);
    cluster.receive(message -> heard.add(message.toString()));
    cluster.onFailure(refused::add);
    lists.add(cluster.members()); // after the listener, so that no change falls between
  }

  Cluster cluster() {
    return cluster;
  }

  Member self() {
    return cluster.self();
  }

  String node() {
    return cluster.self().node();
  }

  HazelcastInstance hazelcast() {
    return Hazelcast.getHazelcastInstanceByName(node());
  }

  void send(TestMember to, String text) {
    cluster.send(to.node(), Buffer.buffer(text));
  }

  /** The first list of members, from now or still waiting, that {@code wanted} is true of. */
  List<Member> awaitMembers(Predicate<List<Member>> wanted) throws InterruptedException {
    for (long deadline = deadline(); ; ) {
      List<Member> list = lists.poll(left(deadline), TimeUnit.NANOSECONDS);
      assertThat(list).as("last list: %s", cluster.members()).isNotNull();
      if (wanted.test(list)) {
        return list;
      }
    }
  }

  void awaitSize(int size) throws InterruptedException {
    awaitMembers(list -> list.size() == size);
  }

  /** The next message. */
  String next() throws InterruptedException {
    String message = heard.poll(60, TimeUnit.SECONDS);
    assertThat(message)
        .as(
            "a message for %s, which failed to send %s",
            node(), meter("flyline_bus_send_failures_total"))
        .isNotNull();
    return message;
  }

  /**
   * Sends to {@code to} until it hears it. After a merge the address of a router comes a moment
   * later than the list of members that has it, and until then a message goes nowhere.
   */
  void reach(TestMember to, String text) throws InterruptedException {
    for (long deadline = deadline(); left(deadline) > 0; ) {
      send(to, text);
      if (text.equals(to.heard.poll(50, TimeUnit.MILLISECONDS))) {
        return;
      }
    }
    throw new AssertionError(node() + " does not reach " + to.node());
  }

  /** Whether a message waits. */
  boolean hasHeard() {
    return !heard.isEmpty();
  }

  /** Sends to {@code to} until a refusal is reported, and returns whose. */
  String awaitRefused(TestMember to) throws InterruptedException {
    for (long deadline = deadline(); left(deadline) > 0; ) {
      send(to, "lost");
      String node = refused.poll(20, TimeUnit.MILLISECONDS);
      if (node != null) {
        return node;
      }
    }
    throw new AssertionError("no refusal");
  }

  /** The value of a meter without a label. */
  double meter(String name) {
    return meters
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** As a killed process looks to the others: connections end, nothing is handed over. */
  void kill() {
    HazelcastInstance hazelcast = hazelcast();
    if (hazelcast != null) {
      hazelcast.getLifecycleService().terminate();
      TestCluster.await(cluster.vertx().close());
    }
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(80);
  }

  private static long left(long deadline) {
    return deadline - System.nanoTime();
  }
}
