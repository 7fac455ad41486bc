package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which clients are one, before a good token says who they are. */
@Timeout(30)
final class ClientAddressTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "192.0.2.1, ::ffff:192.0.2.1, true",
    "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "3fff::1, 3fff::2, true",
    "fdaa:0:1:a7b:1::2, fdaa:0:1:a7b:2::2, false",
    "fe80::1, fe80::2, false",
    "::1, ::1, true",
    "::1, ::2, false",
    "'', nonsense, true"
  })
  void addresses_areOneClientWithinAGlobalNetworkOfOneOwner(String a, String b, boolean one) {
    assertThat(ClientAddress.prefix(a).equals(ClientAddress.prefix(b))).isEqualTo(one);
  }
}
