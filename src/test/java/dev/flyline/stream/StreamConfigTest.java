package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What clients and docs/security.md rely on, and no test waits for. */
final class StreamConfigTest {

  @Test
  void clientsThatVanish_areMissedWithinDocumentedTimes() {
    StreamConfig config = StreamConfig.from(Settings.of(Map.of()), Map.of(), "n");

    assertThat(config.ping()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.pong()).isEqualTo(Duration.ofSeconds(40));
    assertThat(config.gone()).isEqualTo(Duration.ofSeconds(45));
    assertThat(config.stalled()).isEqualTo(Duration.ofMinutes(5));
  }
}
