package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flyline.it.Ask;
import dev.flyline.it.Deadline;
import dev.flyline.it.LogClient;
import dev.flyline.it.Seen;
import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import dev.flyline.it.Tokens;
import dev.flyline.it.Transport;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A router that cannot join yet: it may be stopped, it serves alone after a while, and it joins.
 */
@Tag("cluster")
@Timeout(600)
@SideBySide
final class LateJoinerIT {

  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Duration JOINS = Duration.ofMinutes(3);
  private static final String APP = "shop";

  @RegisterExtension static final Routers processes = new Routers("latejoiner");

  /** The second of two routers, beside the first, which is frozen: nobody answers its join. */
  private static RouterProcess startBesideFrozen(List<Site> sites, RouterProcess frozen) {
    frozen.freeze();
    return second(sites);
  }

  private static RouterProcess second(List<Site> sites) {
    String peers = sites.get(0).peer() + ',' + sites.get(1).peer();
    return processes.start(sites.get(1), RouterCluster.settings(sites.get(1), peers));
  }

  private static RouterProcess first(List<Site> sites) {
    String peers = sites.get(0).peer() + ',' + sites.get(1).peer();
    RouterProcess first =
        processes.start(sites.get(0), RouterCluster.settings(sites.get(0), peers));
    first.awaitReady();
    return first;
  }

  private static boolean isLive(RouterProcess router) {
    try {
      router.get("/health/live");
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static boolean isReady(RouterProcess router) {
    try {
      router.get("/health/ready");
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static int members(RouterProcess router) {
    try {
      return router.view().members().size();
    } catch (IOException _) {
      return 0; // between two incarnations
    }
  }

  @Test
  void routerThatStillJoins_stopsAtOnce() {
    try (TestNats nats = TestNats.start()) {
      List<Site> sites = Site.onLoopback(2, nats.url());
      RouterProcess frozen = first(sites);
      try {
        RouterProcess joining = startBesideFrozen(sites, frozen);
        Await.until("live", SOON, () -> isLive(joining), joining::logTail);
        assertThat(isReady(joining)).as("ready, though it cannot have joined").isFalse();
        joining.terminate();
        joining.awaitEnd(SOON);
        assertThat(joining.exitStatus()).isZero();
        assertThat(joining.logTail()).contains("flyline has stopped before it had joined");
      } finally {
        frozen.thaw();
        frozen.kill9();
      }
    }
  }

  /** It takes its own place: its ports, its process and its viewers, who come back with no loss. */
  @Test
  void routerThatServesAlone_joinsWhenItCan_andStopsInOrder() throws IOException {
    try (TestNats nats = TestNats.start()) {
      List<Site> sites = Site.onLoopback(2, nats.url());
      RouterProcess frozen = first(sites);
      RouterProcess late;
      try {
        late = startBesideFrozen(sites, frozen);
        Await.until("ready alone", SOON, () -> isReady(late), late::logTail);
        assertThat(members(late)).isEqualTo(1);
        try (LogClient viewer = open(late)) {
          nats.publish("logs.shop.fra.1", "alone");
          assertThat(awaitLine(viewer)).isEqualTo("alone");
        }
      } finally {
        frozen.thaw();
      }
      Await.until("joined", JOINS, () -> members(late) == 2 && isReady(late), late::logTail);
      assertThat(late.isAlive()).isTrue();
      try (LogClient viewer = open(late)) {
        nats.publish("logs.shop.fra.1", "joined");
        assertThat(awaitLine(viewer)).isEqualTo("joined");
      }
      late.terminate();
      late.awaitEnd(SOON);
      assertThat(late.exitStatus()).isZero();
      frozen.kill9();
    }
  }

  /** Each side serves its viewers from its first moment on, and becomes one with the other. */
  @Test
  void routerThatStartsDuringAPartition_servesItsSide_andMerges() throws IOException {
    assumeTrue(Lab.isPossible(), "needs root on Linux, for network namespaces");
    try (TestNats nats = TestNats.startOnAllAddresses();
        Lab lab = Lab.of(2, URI.create(nats.url()).getPort())) {
      RouterProcess first = first(lab.sites());
      lab.cutOff(1);
      RouterProcess late = second(lab.sites());
      Await.until("ready on its side", SOON, () -> isReady(late), late::logTail);
      List<RouterProcess> both = List.of(first, late);
      assertServe(nats, both, "apart");
      Await.until(
          "each alone",
          SOON,
          () -> both.stream().allMatch(router -> members(router) == 1),
          late::logTail);
      lab.heal();
      Await.until(
          "one cluster",
          JOINS,
          () -> both.stream().allMatch(router -> members(router) == 2 && isReady(router)),
          late::logTail);
      assertServe(nats, both, "one");
      both.forEach(RouterProcess::kill9);
    }
  }

  private static void assertServe(TestNats nats, List<RouterProcess> routers, String line)
      throws IOException {
    for (RouterProcess router : routers) {
      try (LogClient viewer = open(router)) {
        nats.publish("logs.shop.fra.1", line);
        assertThat(awaitLine(viewer)).isEqualTo(line);
      }
    }
  }

  private static LogClient open(RouterProcess router) throws IOException {
    Ask ask = Ask.app(APP, Transport.FLYLINE_V1).with("tail", 0).token(Tokens.of(APP));
    LogClient client = LogClient.open(router.site().http(), ask, Deadline.in(SOON));
    while (client.read(Deadline.in(SOON)).stream().noneMatch(Seen.Hello.class::isInstance)) {}
    return client;
  }

  private static String awaitLine(LogClient viewer) throws IOException {
    while (true) {
      for (Seen seen : viewer.read(Deadline.in(SOON))) {
        if (seen instanceof Seen.Line line) {
          return line.message();
        }
      }
    }
  }
}
