package dev.flyline.cluster;

import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.MemberAttributeConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.flyline.log.Member;
import io.netty.util.NetUtil;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the routers out of Hazelcast's list of members; what a router is called travels there. */
final class Members {

  /** The name by which Vert.x knows a member: the router's own. */
  private static final String NODE = "__vertx.nodeId";

  private static final String ADDRESS = "flyline.address";
  private static final String REGION = "flyline.region";

  /** What a node and a region are called: epochs and subjects have no more than this. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,40}");

  /** An IPv6 address in brackets, a colon and a port. */
  private static final int MAX_ADDRESS = 47;

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

  /** Whether {@code text} can be the name of a node or of a region. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  private static @Nullable Member read(com.hazelcast.cluster.Member member) {
    return read(
        member.getAttribute(NODE), member.getAttribute(ADDRESS), member.getAttribute(REGION));
  }

  /**
   * What a member says of itself, or null if no router would say it. It is used in addresses of the
   * bus, in answers and in the log, so it is held to what routers are called.
   */
  static @Nullable Member read(
      @Nullable String node, @Nullable String address, @Nullable String region) {
    return node != null
            && isName(node)
            && region != null
            && isName(region)
            && address != null
            && address.length() <= MAX_ADDRESS
            && isAddress(address)
        ? new Member(node, address, region)
        : null;
  }

  /** Whether it is written as {@link ClusterConfig#address} writes it: an IP address and a port. */
  private static boolean isAddress(String text) {
    return HostPort.parse(text, 0)
        .filter(parsed -> NetUtil.createByteArrayFromIpAddressString(parsed.host()) != null)
        .filter(parsed -> usual(parsed).toString().equals(text))
        .isPresent();
  }

  private static HostPort usual(HostPort parsed) {
    byte[] ip = NetUtil.createByteArrayFromIpAddressString(parsed.host());
    return new HostPort(NetUtil.bytesToIpAddress(ip), parsed.port());
  }
}
