package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class PeerNamesTest {

  private static final InetAddress FIRST = InetAddress.ofLiteral("fdaa::1");
  private static final InetAddress OTHER_FAMILY = InetAddress.ofLiteral("10.0.0.2");
  private static final InetAddress SECOND = InetAddress.ofLiteral("fdaa::2");

  private final Map<String, InetAddress[]> answers = new HashMap<>();
  private boolean breaks;
  private final PeerNames names =
      new PeerNames(List.of(new HostPort("a", 1), new HostPort("b", 2)), FIRST, this::resolve);

  @Test
  void everyAddressOfEveryName_isTold() {
    answers.put("a", new InetAddress[] {FIRST, SECOND});
    answers.put("b", new InetAddress[] {SECOND});

    names.ask();

    assertThat(names.addresses())
        .containsExactlyInAnyOrder(
            new InetSocketAddress(FIRST, 1),
            new InetSocketAddress(SECOND, 1),
            new InetSocketAddress(SECOND, 2));
  }

  @Test
  void answer_thatChanges_isTheOneThatHolds() {
    answers.put("a", new InetAddress[] {FIRST});
    names.ask();
    answers.put("a", new InetAddress[] {SECOND});

    names.ask();

    assertThat(names.addresses()).containsExactly(new InetSocketAddress(SECOND, 1));
  }

  @Test
  void nameWithoutAnswer_keepsItsLastOne() {
    answers.put("a", new InetAddress[] {FIRST});
    names.ask();
    answers.clear();

    names.ask();

    assertThat(names.addresses()).containsExactly(new InetSocketAddress(FIRST, 1));
  }

  @Test
  void nameWithoutAnswer_isWarnedOfOnce_eachTimeItBecomesSo() {
    answers.put("b", new InetAddress[] {SECOND});
    try (var log = new TestLog()) {
      names.ask();
      names.ask();
      assertThat(log.rest())
          .singleElement()
          .asString()
          .contains("the router address a:1 does not resolve to an IPv6 address");

      answers.put("a", new InetAddress[] {FIRST});
      names.ask();
      answers.remove("a");
      names.ask();

      assertThat(log.rest()).hasSize(2);
    }
  }

  @Test
  void addressesOfTheOtherFamily_areLeftOut() {
    answers.put("a", new InetAddress[] {OTHER_FAMILY, FIRST});
    answers.put("b", new InetAddress[] {OTHER_FAMILY});
    try (var log = new TestLog()) {
      names.ask();

      assertThat(names.addresses()).containsExactly(new InetSocketAddress(FIRST, 1));
      assertThat(log.rest()).singleElement().asString().contains("b:2 does not resolve to an IPv6");
    }
  }

  @Test
  void ofARouterWithAnIpv4Address_thoseOfThatFamilyAreTaken() {
    answers.put("a", new InetAddress[] {FIRST, OTHER_FAMILY});
    var ofIpv4 = new PeerNames(List.of(new HostPort("a", 1)), OTHER_FAMILY, this::resolve);

    ofIpv4.ask();

    assertThat(ofIpv4.addresses()).containsExactly(new InetSocketAddress(OTHER_FAMILY, 1));
  }

  @Test
  void resolverThatBreaks_isAskedAgain() {
    answers.put("b", new InetAddress[] {SECOND});
    breaks = true;
    try (var log = new TestLog()) {
      names.ask();
      assertThat(log.rest()).hasSize(2).allMatch(line -> line.contains("does not resolve"));
    }
    breaks = false;

    names.ask();

    assertThat(names.addresses()).containsExactly(new InetSocketAddress(SECOND, 2));
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    if (breaks) {
      throw new IllegalArgumentException("no name for this resolver: " + host);
    }
    InetAddress[] answer = answers.get(host);
    if (answer == null) {
      throw new UnknownHostException(host);
    }
    return answer;
  }
}
