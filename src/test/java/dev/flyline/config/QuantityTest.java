package dev.flyline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
final class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "1048576, 1048576",
    "0, 0",
    "12 B, 12",
    "64KiB, 65536",
    "8 MiB, 8388608",
    "2 gib, 2147483648",
    "25 %, 250",
    "100%, 1000"
  })
  void bytes_areRead(String text, long bytes) {
    assertThat(Quantity.bytes(text, 1000)).hasValue(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8 MB", "-1", "1.5 MiB", "MiB", "9999999999 GiB", "101 %", "8  MiB"})
  void bytes_thatAreNone_areRefused(String text) {
    assertThat(Quantity.bytes(text, 1000)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "30s, 30000", "15m, 900000", "1h, 3600000", "7d, 604800000", "0s, 0"})
  void times_areRead(String text, long millis) {
    assertThat(Quantity.duration(text)).hasValue(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "", "s", "-1s", "1.5h", "PT30S", "999999999999999999d"})
  void times_thatAreNone_areRefused(String text) {
    assertThat(Quantity.duration(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"8388608, 8 MiB", "1025, 1025", "0, 0", "1073741824, 1 GiB"})
  void bytes_areWritten(long bytes, String text) {
    assertThat(Quantity.ofBytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0s", "PT30S, 30s", "PT15M, 15m", "PT1H, 1h", "P1D, 1d", "PT0.5S, 500ms"})
  void times_areWritten(Duration time, String text) {
    assertThat(Quantity.ofDuration(time)).isEqualTo(text);
  }
}
