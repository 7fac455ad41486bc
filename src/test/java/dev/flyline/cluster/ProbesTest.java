package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Member;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ProbesTest {

  private static final Member SELF = new Member("me", "[::1]:1", "here");
  private static final Member OTHER = new Member("you", "[::1]:3", "there");
  private static final List<Member> BOTH = List.of(SELF, OTHER);

  private final List<String> sent = new ArrayList<>();
  private final Probes probes = new Probes(SELF, new Way());

  @Test
  void probe_goesToAllOthers_andIsSentBack() {
    probes.tick(BOTH);
    probes.received("probe you", BOTH);

    assertThat(sent).containsExactly("you: probe me", "you: echo me");
  }

  @Test
  void member_thatDoesNotAnswer_isWarnedOfOnce_untilItDoes() {
    try (var log = new TestLog()) {
      tick(3);
      assertThat(probes.unheard()).isZero();
      tick(3);

      assertThat(probes.unheard()).isEqualTo(1);
      assertThat(log.rest())
          .singleElement()
          .asString()
          .contains("router you at [::1]:3 is a member and does not answer over the bus")
          .contains("last failure: refused by you.");

      probes.received("echo you", BOTH);
      assertThat(probes.unheard()).isZero();
      tick(4);
      assertThat(log.rest()).hasSize(2);
    }
  }

  @Test
  void member_thatAnswers_isNotWarnedOf() {
    for (int i = 0; i < 10; i++) {
      tick(3);
      probes.received("echo you", BOTH);
    }

    assertThat(probes.unheard()).isZero();
  }

  @Test
  void member_thatHasGone_isForgotten() {
    tick(4);

    probes.tick(List.of(SELF));

    assertThat(probes.unheard()).isZero();
  }

  @Test
  void stranger_getsNoAnswer() {
    probes.received("probe stranger", BOTH);
    probes.received("echo stranger", BOTH);
    probes.received("", BOTH);
    probes.received("x", BOTH);

    assertThat(sent).isEmpty();
  }

  private void tick(int times) {
    for (int i = 0; i < times; i++) {
      probes.tick(BOTH);
    }
  }

  /** Keeps what is sent. */
  private final class Way implements Probes.Way {

    @Override
    public void probe(String node, String probe) {
      sent.add(node + ": " + probe);
    }

    @Override
    public String lastFailure(String node) {
      return "refused by " + node;
    }
  }
}
