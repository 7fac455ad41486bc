package dev.flyline.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.bus.Envelope;
import dev.flyline.bus.EnvelopeCodec;
import dev.flyline.bus.EnvelopeWriter;
import dev.flyline.bus.Names;
import dev.flyline.log.AppName;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is on its way to a peer, and what it is owed, by envelopes that come late or never. */
@Timeout(30)
final class TrafficTest {

  private final Traffic traffic = new Traffic();

  private Buffer send() {
    var writer = new EnvelopeWriter("me").add(new AppMessage.Look(new AppName("shop")));
    return traffic.finish(writer, false);
  }

  private long receive(long sentBefore, long acknowledged, int length) {
    return traffic.received(new Envelope("b", false, sentBefore, acknowledged, List.of()), length);
  }

  @Test
  void envelope_saysWhatWentBeforeItAndWhatHasCome() {
    int first = send().length();
    assertThat(receive(0, 0, 700)).isEqualTo(700);
    Envelope second = EnvelopeCodec.decode(send(), new Names());
    assertThat(second.sentBefore()).isEqualTo(first);
    assertThat(second.received()).isEqualTo(700);
    assertThat(receive(700, 0, 50)).as("the rest has been told").isEqualTo(50);
  }

  @Test
  void acknowledgement_takesOffWhatHasArrived() {
    int first = send().length();
    int second = send().length();
    assertThat(traffic.unacknowledged()).isEqualTo(first + second);
    receive(0, first, 10);
    assertThat(traffic.unacknowledged()).isEqualTo(second);
    receive(10, first + second, 10);
    assertThat(traffic.unacknowledged()).isZero();
  }

  /** Two envelopes of a peer may overtake each other on the way. */
  @Test
  void acknowledgementThatComesLate_takesNothingBack() {
    int first = send().length();
    int second = send().length();
    receive(10, first + second, 10);
    receive(0, first, 10);
    receive(0, 0, 10);
    assertThat(traffic.unacknowledged()).isZero();
    int third = send().length();
    assertThat(traffic.unacknowledged()).isEqualTo(third);
  }

  @Test
  void envelopesThatWereLost_areCountedWithTheNext() {
    assertThat(receive(0, 0, 100)).isEqualTo(100);
    assertThat(receive(5_000, 0, 100)).isEqualTo(5_100);
    assertThat(receive(100, 0, 100)).as("one that was overtaken").isEqualTo(5_100);
  }

  @Test
  void peer_isOwedAWordOnceThatIsWorthIt() {
    receive(0, 0, 4096);
    assertThat(traffic.owes()).isFalse();
    receive(4096, 0, 1);
    assertThat(traffic.owes()).isTrue();
    assertThat(send()).isNotNull();
    assertThat(traffic.owes()).isFalse();
  }
}
