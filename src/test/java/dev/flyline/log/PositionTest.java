package dev.flyline.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PositionTest {

  @Test
  void parse_givesBackWhatWasPrinted() {
    var position = new Position("17-ab3", 123_456_789_012L);
    assertThat(Position.parse(position.toString())).contains(position);
    assertThat(Position.parse("e:0")).contains(new Position("e", 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "e",
        "e:",
        ":1",
        "e:-1",
        "e:+1",
        "e:1.0",
        "E:1",
        "e:1:2",
        "e:9999999999999999999",
        "é:1",
        "e :1",
        "e:1\n",
        "e:١",
        "2026-11-20T12:00:00Z",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1"
      })
  void parse_refusesWhatNoRouterGives(String text) {
    assertThat(Position.parse(text)).isEmpty();
  }
}
