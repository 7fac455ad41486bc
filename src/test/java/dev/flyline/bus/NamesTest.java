package dev.flyline.bus;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.log.AppName;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NamesTest {

  private final Names names = new Names();

  private static byte[] bytes(String name) {
    return ("<" + name + ">").getBytes(US_ASCII);
  }

  private AppName app(String name) {
    byte[] bytes = bytes(name);
    return names.app(bytes, 1, bytes.length - 1);
  }

  private String place(String name) {
    byte[] bytes = bytes(name);
    return names.place(bytes, 1, bytes.length - 1);
  }

  @Test
  void nameThatComesAgain_isTheSameObject() {
    assertThat(app("shop")).isEqualTo(new AppName("shop")).isSameAs(app("shop"));
    assertThat(place("d896d7c609dd68"))
        .isEqualTo("d896d7c609dd68")
        .isSameAs(place("d896d7c609dd68"));
  }

  @Test
  void names_areNeverTakenForOneAnother() {
    var random = new Random(1);
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < 200_000; i++) { // many times as many as there are places
      String name = Integer.toString(random.nextInt(60_000), 36);
      assertThat(app(name).value()).isEqualTo(name);
      seen.merge(name, 1, Integer::sum);
    }
    assertThat(seen).hasSizeGreaterThan(50_000);
  }

  @Test
  void namesOfEqualHash_takeEachOthersPlace() {
    assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
    String first = place("Aa");
    assertThat(place("BB")).isEqualTo("BB");
    assertThat(place("Aa")).isEqualTo("Aa").isNotSameAs(first);
  }

  @Test
  void whatIsAllowedAsOneKind_isNotAsAnother() {
    assertThat(place("Upper_Case")).isEqualTo("Upper_Case");
    assertThatThrownBy(() -> app("Upper_Case")).isInstanceOf(IllegalArgumentException.class);
    byte[] epoch = bytes("1-node");
    assertThat(names.node(epoch, 1, 7)).isEqualTo("1-node");
    assertThat(names.epoch(epoch, 1, 7)).isEqualTo("1-node");
    byte[] node = bytes("node");
    assertThat(names.node(node, 1, 5)).isEqualTo("node");
    assertThatThrownBy(() -> names.epoch(node, 1, 5)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusedName_isRefusedEachTime() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> app("a.>")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> app("")).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
