package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class ClientMessageTest {

  private static ClientMessage parse(String text) {
    return ClientMessage.parse(text);
  }

  @Test
  void knownTypes_areRead() {
    assertThat(parse("{\"type\":\"pause\"}")).isEqualTo(new ClientMessage.Pause());
    assertThat(parse("{\"app\":\"a\",\"type\":\"resume\"}")).isEqualTo(new ClientMessage.Resume());
    assertThat(parse("{\"type\":\"auth\",\"token\":\"a.b.c\"}"))
        .isEqualTo(new ClientMessage.Auth("a.b.c"));
  }

  @Test
  void filter_isReadWithItsApp() {
    assertThat(parse("{\"type\":\"filter\",\"filter\":\"a \\u0000\"}"))
        .isEqualTo(new ClientMessage.Filter("a \0", null));
    assertThat(parse("{\"type\":\"filter\",\"filter\":\"\",\"app\":\"shop\"}"))
        .isEqualTo(new ClientMessage.Filter("", "shop"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"filter\":null",
        ",\"filter\":17",
        ",\"filter\":[\"a\"]",
        ",\"filter\":{}",
        ",\"filter\":\"a\",\"app\":null",
        ",\"filter\":\"a\",\"app\":[\"shop\"]"
      })
  void filter_thatIsNoTextIsUnknown(String rest) {
    assertThat(parse("{\"type\":\"filter\"" + rest + "}")).isEqualTo(new ClientMessage.Unknown());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"token\":null", ",\"token\":17", ",\"token\":{\"a\":[]}"})
  void auth_withoutATextHasNoToken(String rest) {
    assertThat(parse("{\"type\":\"auth\"" + rest + "}")).isEqualTo(new ClientMessage.Auth(null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\0",
        "null",
        "17",
        "[]",
        "{",
        "{}",
        "pause",
        "{\"type\":null}",
        "{\"type\":17}",
        "{\"type\":[]}",
        "{\"type\":{\"type\":\"pause\"}}",
        "{\"type\":\"PAUSE\"}",
        "{\"type\":\"pause \"}",
        "{\"type\":\"hello\"}",
        "{\"Type\":\"pause\"}",
        "{\"type\":\"pause\"} {\"type\":\"resume\"}",
        "{\"type\":\"pause\"} trailing"
      })
  void anythingElse_isUnknown(String text) {
    assertThat(parse(text)).isEqualTo(new ClientMessage.Unknown());
  }

  @Test
  void deepNesting_isUnknown() {
    String deep = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);
    assertThat(parse("{\"type\":\"pause\",\"a\":" + deep + "}"))
        .isEqualTo(new ClientMessage.Unknown());
  }
}
