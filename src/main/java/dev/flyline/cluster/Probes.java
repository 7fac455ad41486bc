package dev.flyline.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
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
  private final BiConsumer<String, String> send;
  private final Map<String, Integer> ticksSince = new HashMap<>();
  private final Set<String> silent = new HashSet<>();
  private volatile int unheard;

  /** Sends, with {@code send}, texts to nodes. */
  Probes(Member self, BiConsumer<String, String> send) {
    this.self = self;
    this.send = send;
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
        if (ticksSince.merge(member.node(), 1, Integer::sum) > PATIENCE
            && silent.add(member.node())) {
          log.warn(
              "router {} at {} is a member and does not answer over the bus: is the port after"
                  + " {} open between the two, and are both sides' certificates of one authority?",
              member.node(),
              member.address(),
              member.address());
        }
        send.accept(member.node(), ASK + self.node());
      }
    }
    unheard = silent.size();
  }

  /** Takes what another router's probes sent. */
  void received(String text, List<Member> members) {
    boolean isAnswer = text.startsWith(ANSWER);
    String node = text.substring((isAnswer ? ANSWER : ASK).length());
    if (members.stream().noneMatch(member -> member.node().equals(node))) {
      return;
    }
    if (!isAnswer) {
      send.accept(node, ANSWER + self.node());
    } else if (ticksSince.put(node, 0) != null && silent.remove(node)) {
      unheard = silent.size();
      log.info("router {} answers over the bus again", node);
    }
  }
}
