package dev.flyline.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long it takes to read what is there already. */
@Timeout(20)
final class PacedPortTest {

  private static final int READS = 500;

  /** A port on whose socket so many bytes wait. */
  private static PacedPort port(int waiting) {
    return new PacedPort() {
      {
        in = new ByteArrayInputStream(" ".repeat(waiting).getBytes(US_ASCII));
      }
    };
  }

  private static Duration timeOf(int reads, int bytes) throws IOException {
    PacedPort port = port(reads * bytes);
    var into = new byte[64 * 1024];
    long beganNs = System.nanoTime();
    for (int i = 0; i < reads; i++) {
      assertThat(port.read(into, 0, bytes)).isEqualTo(bytes);
    }
    assertThat(port.read(into, 0, 1)).isEqualTo(-1);
    return Duration.ofNanos(System.nanoTime() - beganNs);
  }

  @Test
  void linesOneByOne_areReadTogether() throws IOException {
    assertThat(timeOf(READS, 300)).isGreaterThan(Duration.ofMillis(READS / 2));
  }

  @Test
  void backlog_isReadWithoutAWait() throws IOException {
    assertThat(timeOf(READS, 16 * 1024)).isLessThan(Duration.ofMillis(READS / 2));
  }
}
