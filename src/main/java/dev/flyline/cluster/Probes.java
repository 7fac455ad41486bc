package dev.flyline.cluster;

import dev.flyline.log.Member;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the members that cannot be reached over the bus, or cannot reach this router: each gets a
 * probe every tick and sends it back. Silence is counted in ticks of this router, so one that was
 * frozen calls nobody silent.
 *
 * <p>Belongs to the cluster's context, but for {@link #unheard}.
 */
final class Probes {

  private static final Logger log = LoggerFactory.getLogger(Probes.class);

  /** So many ticks without an answer are a fault. */
  private static final int PATIENCE = 3;

  private static final String ASK = "probe ";
  private static final String ANSWER = "echo ";

  private final Member self;
  private final Way peers;
  private final Map<String, Integer> ticksSince = new HashMap<>();
  private final Set<String> silent = new HashSet<>();
  private volatile int unheard;

  /** Probes {@code peers} in the name of {@code self}. */
  Probes(Member self, Way peers) {
    this.self = self;
    this.peers = peers;
  }

  /** How many members do not answer. */
  int unheard() {
    return unheard;
  }

  /** Asks all of {@code members} but this one. */
  void tick(List<Member> members) {
    var nodes = members.stream().map(Member::node).toList();
    ticksSince.keySet().retainAll(nodes);
    silent.retainAll(nodes);
    for (Member member : members) {
      if (!member.equals(self)) {
        probe(member);
      }
    }
    unheard = silent.size();
  }

  private void probe(Member member) {
    if (ticksSince.merge(member.node(), 1, Integer::sum) > PATIENCE && silent.add(member.node())) {
      unheard = silent.size();
      log.warn(
          "router {} at {} is a member and does not answer over the bus; last failure: {}. It is"
              + " frozen, or its port after that one is not open to this router or this one's to it,"
              + " or the two certificates are not of one authority",
          member.node(),
          member.address(),
          peers.lastFailure(member.node()));
    }
    peers.probe(member.node(), ASK + self.node());
  }

  /** Takes what another router's probes sent; what no member sent is left alone. */
  void received(String text, List<Member> members) {
    String node = text.substring(text.indexOf(' ') + 1);
    if (members.stream().noneMatch(member -> member.node().equals(node))) {
      return;
    }
    if (text.startsWith(ASK)) {
      peers.probe(node, ANSWER + self.node());
    } else if (text.startsWith(ANSWER)) {
      ticksSince.computeIfPresent(node, (_, _) -> 0);
      if (silent.remove(node)) {
        unheard = silent.size();
        log.info("router {} answers over the bus again", node);
      }
    }
  }

  /** How probes go out: {@link PeerSenders}, or a test's. */
  interface Way {

    /** Sends {@code probe} to {@code node}. */
    void probe(String node, String probe);

    /** What the last failure to reach {@code node} said of itself. */
    String lastFailure(String node);
  }
}
