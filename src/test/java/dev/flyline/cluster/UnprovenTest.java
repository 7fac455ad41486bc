package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may begin a handshake, by a clock of the test's. */
final class UnprovenTest {

  private static final String MEMBER = "fdaa::a:b:1:2";
  private static final String STRANGER = "fdaa::c:d:1:2";

  private long nowNs = 1_000;
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final Unproven unproven = new Unproven((_, task) -> later.add(task), () -> nowNs);
  private final List<Guest> begun = new ArrayList<>();

  /** A connection of which the test decides what becomes of it. */
  private final class Guest implements Unproven.Candidate {

    private final String address;
    private boolean proven;
    private boolean closed;

    Guest(String address) {
      this.address = address;
    }

    @Override
    public SocketAddress peer() {
      return new InetSocketAddress(InetAddress.ofLiteral(address), 4_711);
    }

    @Override
    public void begin() {
      begun.add(this);
    }

    @Override
    public boolean isDecided() {
      return closed || proven;
    }

    @Override
    public boolean isProven() {
      return proven;
    }

    @Override
    public void close(String reason) {
      closed = true;
    }
  }

  private Guest come(String address) {
    var guest = new Guest(address);
    unproven.admit(guest);
    return guest;
  }

  /** Lets time pass, and all be done that is due. */
  private void pass(Duration time) {
    for (long ms = 0; ms < time.toMillis(); ms += 20) {
      nowNs += Duration.ofMillis(20).toNanos();
      for (int due = later.size(); due > 0; due--) {
        later.remove().run();
      }
    }
  }

  /** Comes, and proves the secret at once. */
  private void join(String address) {
    Guest guest = come(address);
    assertThat(begun).contains(guest);
    guest.proven = true;
    pass(Duration.ofMillis(20));
  }

  @Test
  void strangerOfOneAddress_beginsOneHandshakeASecond() {
    for (int i = 0; i < 1_000; i++) {
      come(STRANGER);
      pass(Duration.ofMillis(20));
    }
    assertThat(begun).hasSizeBetween(19, 21);
  }

  /** As those of one machine on Fly, which has a /112. */
  @Test
  void strangerOfManyNeighbouringAddresses_beginsOneHandshakeASecond() {
    for (int i = 0; i < 1_000; i++) {
      come("fdaa::c:d:1:" + Integer.toHexString(i));
      pass(Duration.ofMillis(20));
    }
    assertThat(begun).hasSizeBetween(19, 21);
  }

  @Test
  void strangersOfManyAddresses_beginAFewHandshakesASecond() {
    for (int i = 0; i < 10_000; i++) {
      come("10.%d.%d.1".formatted(i / 250, i % 250));
      if (i % 10 == 0) {
        pass(Duration.ofMillis(20));
      }
    }
    assertThat(begun).hasSizeBetween(190, Unproven.AT_ONCE + 20 * Unproven.PER_SECOND);
  }

  @Test
  void moreThanAFew_endTheOldestOfTheLowestStanding() {
    join(MEMBER);
    Guest member = come(MEMBER);
    Guest newcomer = come("10.0.0.1");
    var strangers = new ArrayList<Guest>();
    for (int i = 0; i < 1_000; i++) {
      strangers.add(come(STRANGER));
    }
    assertThat(member.closed).isFalse();
    assertThat(newcomer.closed).isFalse();
    assertThat(strangers.stream().filter(stranger -> !stranger.closed)).hasSize(30);
    assertThat(strangers.getFirst().closed).isTrue();
    assertThat(strangers.getLast().closed).isFalse();
  }

  /** The budget is empty; whoever has proven the secret before is the next all the same. */
  @ParameterizedTest
  @ValueSource(strings = {MEMBER, "10.0.0.1"})
  void memberAndNewcomer_goBeforeStrangers(String address) {
    join(MEMBER);
    for (int i = 0; i < 500; i++) {
      come("172.16.%d.1".formatted(i % 200));
      pass(Duration.ofMillis(20));
    }
    Guest guest = come(address);
    for (int i = 0; i < 50; i++) {
      come("172.16.%d.1".formatted(i));
      come("172.16.%d.1".formatted(i));
    }
    pass(Duration.ofMillis(200));
    assertThat(begun).contains(guest);
  }

  /** A rolling restart, or the end of a network cut, with all routers behind one address. */
  @Test
  void membersBehindOneAddress_beginAtOnce() {
    join(MEMBER);
    begun.clear();
    for (int round = 0; round < 20; round++) {
      var guests = new ArrayList<Guest>();
      for (int i = 0; i < 30; i++) {
        guests.add(come(MEMBER));
      }
      assertThat(begun).containsAll(guests);
      guests.forEach(guest -> guest.proven = true);
      pass(Duration.ofMillis(20));
    }
  }

  /** This router has started anew and remembers nobody. */
  @Test
  void membersBehindOneUnknownAddress_beginWhenTheFirstHasProven() {
    var guests = new ArrayList<Guest>();
    for (int i = 0; i < 30; i++) {
      guests.add(come(MEMBER));
    }
    assertThat(begun).hasSize(1);
    begun.getFirst().proven = true;
    pass(Duration.ofMillis(20));
    assertThat(begun).containsAll(guests);
  }

  @Test
  void membersOfUnknownAddresses_beginAtOnce() {
    for (int i = 0; i < Unproven.MOST; i++) {
      come("10.1.%d.1".formatted(i));
    }
    assertThat(begun).hasSize(Unproven.MOST);
  }

  @Test
  void neighbours_areDoubtfulUntilOneHasProven() {
    Guest first = come("fd00::1");
    Guest second = come("fd00::2");
    assertThat(begun).containsExactly(first);
    first.proven = true;
    pass(Duration.ofMillis(20));
    assertThat(begun).containsExactly(first, second);
  }

  @Test
  void whoWaitsTooLong_ends() {
    come(STRANGER);
    pass(Duration.ofMillis(100));
    var waiting = new ArrayList<Guest>();
    for (int i = 0; i < 20; i++) {
      waiting.add(come(STRANGER));
    }
    pass(Unproven.PATIENCE.plusMillis(40));
    assertThat(waiting.stream().filter(guest -> !begun.contains(guest)))
        .hasSizeGreaterThanOrEqualTo(14)
        .allMatch(guest -> guest.closed);
  }

  @Test
  void addresses_areForgottenBeyondTheirBound() {
    var standings = new Standings();
    for (int i = 0; i < 2 * Standings.MOST; i++) {
      standings.begins(InetAddress.ofLiteral("10.%d.%d.1".formatted(i / 250, i % 250)), nowNs);
    }
    assertThat(standings.of(InetAddress.ofLiteral("10.0.0.1"), nowNs))
        .isEqualTo(Standings.Standing.UNKNOWN);
    assertThat(standings.of(InetAddress.ofLiteral("10.8.40.1"), nowNs))
        .isEqualTo(Standings.Standing.DOUBTFUL);
  }
}
