package dev.flyline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class MetersTest {

  private final Meters meters = new Meters();

  @Test
  void counters_areScrapedWithTheirSum() {
    meters.count(Meter.LINES_READ);
    meters.add(Meter.LINES_READ, 41);
    meters.count(Meter.GAPS_TOLD, "slow");
    meters.count(Meter.GAPS_TOLD, "slow");
    meters.count(Meter.GAPS_TOLD, "evicted");

    assertThat(meters.scrape())
        .contains("\nflyline_lines_read_total 42.0\n")
        .contains("\nflyline_gaps_told_total{cause=\"slow\"} 2.0\n")
        .contains("\nflyline_gaps_told_total{cause=\"evicted\"} 1.0\n");
  }

  @Test
  void gauge_isTheSumOfItsSuppliers() {
    meters.gauge(Meter.RING_BYTES, () -> 40);
    meters.gauge(Meter.RING_BYTES, () -> 2);
    meters.gauge(Meter.VIEWERS, "sse", () -> 3);

    assertThat(meters.scrape())
        .contains("\nflyline_ring_bytes 42.0\n")
        .contains("\nflyline_viewers{transport=\"sse\"} 3.0\n")
        .contains("\nflyline_apps_watched 0.0\n");
  }

  @Test
  void everyMeter_isScrapedWithItsHelp() {
    for (Meter meter : Meter.values()) {
      if (meter.hasLabel()) {
        switch (meter.kind()) {
          case COUNTER -> meters.count(meter, meter.label().replaceAll("[^,]+", "x"));
          case GAUGE -> meters.gauge(meter, "x", () -> 1);
        }
      }
    }

    assertThat(meters.scrape())
        .contains(Arrays.stream(Meter.values()).map(m -> m.help()).toArray(String[]::new))
        .contains(Arrays.stream(Meter.values()).map(m -> m.metric()).toArray(String[]::new));
  }

  @Test
  void process_measuresItself() {
    assertThat(meters.scrape())
        .containsPattern("\njvm_memory_used_bytes\\{area=\"heap\"} [1-9]")
        .containsPattern("\njvm_memory_max_bytes\\{area=\"heap\"} [1-9]")
        .containsPattern("\njvm_gc_collection_seconds_count\\{gc=\"[^\"]+\"} [0-9]")
        .containsPattern("\nprocess_cpu_seconds_total [0-9.]*[1-9]")
        .containsPattern("\nprocess_open_fds [1-9]")
        .containsPattern("\nprocess_max_fds [1-9]")
        .containsPattern("\nprocess_start_time_seconds 1\\.[0-9]+E9");
  }

  @Test
  void meter_ofAnotherForm_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> meters.count(Meter.GAPS_TOLD));
    assertThatIllegalArgumentException().isThrownBy(() -> meters.count(Meter.LINES_READ, "x"));
    assertThatIllegalArgumentException().isThrownBy(() -> meters.count(Meter.RING_BYTES));
    assertThatIllegalArgumentException().isThrownBy(() -> meters.gauge(Meter.VIEWERS, () -> 1));
  }

  @Test
  void counts_ofManyThreads_areAllKept() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < 100; i++) {
        done.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 100; n++) {
                    meters.count(Meter.TOKENS_REFUSED, "expired");
                  }
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }

    assertThat(meters.scrape())
        .contains("flyline_tokens_refused_total{reason=\"expired\"} 10000.0");
  }
}
