package dev.flyline.cluster;

import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.MemberAttributeConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the routers out of Hazelcast's list of members; what a router is called travels there. */
final class Members {

  /** The name by which Vert.x knows a member: the router's own. */
  private static final String NODE = "__vertx.nodeId";

  private static final String ADDRESS = "flyline.address";
  private static final String REGION = "flyline.region";

  private static final Comparator<Member> ORDER =
      Comparator.comparing(Member::address).thenComparing(Member::node);

  private Members() {}

  /** Puts what peers are to know of {@code self} into its attributes. */
  static void describe(Member self, MemberAttributeConfig attributes) {
    attributes.setAttribute(NODE, self.node());
    attributes.setAttribute(ADDRESS, self.address());
    attributes.setAttribute(REGION, self.region());
  }

  /** The routers that {@code hazelcast} knows now; {@code self} alone if it has stopped. */
  static List<Member> of(HazelcastInstance hazelcast, Member self) {
    try {
      return Stream.concat(
              Stream.of(self),
              hazelcast.getCluster().getMembers().stream()
                  .filter(member -> !member.localMember())
                  .map(Members::read)
                  .filter(Objects::nonNull))
          .sorted(ORDER)
          .toList();
    } catch (HazelcastInstanceNotActiveException _) {
      return List.of(self);
    }
  }

  /**
   * Whether {@code hazelcast} lives. It ends by itself, without an event, when it cannot join again
   * after a merge, and when memory runs out.
   */
  static boolean isOne(HazelcastInstance hazelcast) {
    return hazelcast.getLifecycleService().isRunning();
  }

  /** Calls {@code changed}, on a thread of Hazelcast's, when a member has come or gone. */
  static void watch(HazelcastInstance hazelcast, Runnable changed) {
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipAdapter() {
              @Override
              public void memberAdded(MembershipEvent event) {
                changed.run();
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                changed.run();
              }
            });
    hazelcast.getLifecycleService().addLifecycleListener(_ -> changed.run());
  }

  private static @Nullable Member read(com.hazelcast.cluster.Member member) {
    String node = member.getAttribute(NODE);
    String address = member.getAttribute(ADDRESS);
    String region = member.getAttribute(REGION);
    return node == null || address == null || region == null
        ? null // no router
        : new Member(node, address, region);
  }
}
