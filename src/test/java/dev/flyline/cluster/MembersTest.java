package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a member says of itself is used and logged only if a router could have said it. */
@Timeout(20)
final class MembersTest {

  private static final String NODE = "1k2j3h";
  private static final String ADDRESS = "[fdaa::3]:5701";
  private static final String REGION = "fra";

  @ParameterizedTest
  @CsvSource({
    "1k2j3h, [fdaa::3]:5701, fra",
    "n5m4br9ho, 127.0.0.1:1, local",
    "a-b, [fdaa:0:18:a7b:7d:f066:f83b:102]:65534, region-0"
  })
  void routersNames_areTaken(String node, String address, String region) {
    assertThat(Members.read(node, address, region)).isEqualTo(new Member(node, address, region));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a\nERROR the router was stopped",
        "a\u001b[2J",
        "a\u0000",
        "a\u202eb",
        "router.*",
        "a.b",
        "é",
        "0123456789012345678901234567890123456789x"
      })
  void nameWithControlOrTooLong_isNoRouters(String name) {
    assertThat(Members.read(name, ADDRESS, REGION)).isNull();
    assertThat(Members.read(NODE, ADDRESS, name)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fdaa::3",
        "[fdaa::3]",
        "fdaa::3:5701",
        "localhost:5701",
        "evil.example:5701",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:05701",
        "127.0.0.1:5701\n",
        "[fdaa:0:0:0:0:0:0:3%eth0]:5701",
        "[fdaa:0000:0000:0000:0000:0000:0000:0000:0000:0003]:5701"
      })
  void addressThatNoRouterWrites_isNoRouters(String address) {
    assertThat(Members.read(NODE, address, REGION)).isNull();
  }

  @Test
  void memberThatSaysNothing_isNoRouter() {
    assertThat(Members.read(null, ADDRESS, REGION)).isNull();
    assertThat(Members.read(NODE, null, REGION)).isNull();
    assertThat(Members.read(NODE, ADDRESS, null)).isNull();
  }
}
