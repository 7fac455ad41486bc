package dev.flyline.ingest.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When what is there already is waited for. Time is the port's own: it passes in pauses only. */
@Timeout(20)
final class PacedPortTest {

  private static final int READS = 500;

  /** A port on whose socket so many bytes wait, and whose reads take no time. */
  private static final class Port extends PacedPort {
    private long passedNs;
    private int pauses;

    Port(int waiting) {
      in = new ByteArrayInputStream(" ".repeat(waiting).getBytes(US_ASCII));
    }

    @Override
    long nowNs() {
      return passedNs;
    }

    @Override
    void pause(long ns) {
      passedNs += Math.max(0, ns);
      pauses++;
    }
  }

  /** How often the port waits when it reads so many bytes so often. */
  private static Port read(int reads, int bytes) throws IOException {
    var port = new Port(reads * bytes);
    var into = new byte[64 * 1024];
    for (int i = 0; i < reads; i++) {
      assertThat(port.read(into, 0, bytes)).isEqualTo(bytes);
    }
    assertThat(port.read(into, 0, 1)).isEqualTo(-1);
    return port;
  }

  @Test
  void linesOneByOne_areReadTogether() throws IOException {
    Port port = read(READS, 300);
    assertThat(port.pauses).isBetween(READS - 1, READS);
    assertThat(port.passedNs).isEqualTo(port.pauses * TimeUnit.MILLISECONDS.toNanos(2));
  }

  @Test
  void backlog_isReadWithoutAWait() throws IOException {
    assertThat(read(READS, 16 * 1024).pauses).isZero();
  }
}
