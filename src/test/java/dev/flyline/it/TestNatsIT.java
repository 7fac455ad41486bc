package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tests' own nats-server: what it counts can be believed, and it comes back where it was. */
@Timeout(300)
@SideBySide
final class TestNatsIT {

  @Test
  @SuppressWarnings("try") // Connection.close() may be interrupted
  void server_countsSubscriptionsAndComesBack() throws Exception {
    var login = new TestNats.Login("org", "secret");
    try (var nats = TestNats.start(login)) {
      var options = new Options.Builder().server(nats.url()).userInfo("org", "secret").build();
      try (var reader = Nats.connect(options)) {
        var lines = reader.subscribe("logs.a.>");
        reader.subscribe("other.>");
        reader.flush(Duration.ofSeconds(5));
        assertThat(nats.subscriptions("logs.")).containsExactly("logs.a.>");

        nats.publish("logs.a.fra.m", "one");
        assertThat(text(lines.nextMessage(Deadline.SOON).getData())).isEqualTo("one");

        nats.kill();
        nats.restart();
        nats.awaitReader("a");
        nats.publish("logs.a.fra.m", "two");
        assertThat(text(lines.nextMessage(Deadline.SOON).getData())).isEqualTo("two");
      }
      nats.awaitSubscriptions(0);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
