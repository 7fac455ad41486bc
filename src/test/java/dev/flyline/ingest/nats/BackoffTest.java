package dev.flyline.ingest.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  private final Backoff backoff = new Backoff();

  @Test
  void refusals_doubleTheWaitUpToABound() {
    assertThat(
            LongStream.generate(
                    () -> {
                      backoff.refused();
                      return backoff.waitMs();
                    })
                .limit(9))
        .containsExactly(250L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L, 30_000L);
  }

  @Test
  void serverThatOnlyDoesNotAnswer_isTriedAtTheShortestWait() {
    assertThat(backoff.waitMs()).isEqualTo(Backoff.SHORTEST_MS);
    assertThat(backoff.isRefused()).isFalse();
  }

  @Test
  void acceptance_startsAnew() {
    assertThat(backoff.refused()).isTrue();
    assertThat(backoff.refused()).isFalse();
    assertThat(backoff.isRefused()).isTrue();
    backoff.accepted();
    assertThat(backoff.isRefused()).isFalse();
    assertThat(backoff.waitMs()).isEqualTo(Backoff.SHORTEST_MS);
    assertThat(backoff.refused()).isTrue();
  }

  @Test
  void chance_addsToTheWait() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(backoff.jitteredMs())
          .isBetween(Backoff.SHORTEST_MS, Backoff.SHORTEST_MS + Backoff.JITTER_MS);
    }
  }
}
