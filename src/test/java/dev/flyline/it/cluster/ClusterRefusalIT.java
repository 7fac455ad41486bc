package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.Ask;
import dev.flyline.it.Deadline;
import dev.flyline.it.LogClient;
import dev.flyline.it.Seen;
import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import dev.flyline.it.Tokens;
import dev.flyline.it.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * NATS refuses an app to some router: the app's viewers are told at whichever router they are, as
 * long as lines are missing and no longer.
 */
@Tag("cluster")
@SideBySide
@Timeout(600)
final class ClusterRefusalIT {

  private static final Duration SOON = Duration.ofSeconds(45);
  private static final TestNats.Login TEST = new TestNats.Login("test", "test");
  private static final String APP = "secret";
  private static final String SUBJECT = "logs.secret.fra.1";

  @RegisterExtension static final Routers processes = new Routers("refusal");

  /** Each router has a user of its own; those named in {@code denied} may not read the app. */
  private static String users(String... denied) {
    List<String> not = List.of(denied);
    var users = new StringBuilder();
    for (String name : List.of("r1", "r2")) {
      String deny = not.contains(name) ? "logs.secret.>" : "logs.nobody.>";
      users.append(
          "{user: %s, password: %s, permissions: {subscribe: {deny: [\"%s\"]}}}\n"
              .formatted(name, name, deny));
    }
    return "authorization {users: [{user: test, password: test}\n" + users + "]}\n";
  }

  private static List<RouterProcess> start(TestNats nats) {
    List<Site> sites = Site.onLoopback(2, nats.url());
    String peers = sites.stream().map(Site::peer).collect(Collectors.joining(","));
    var routers = new ArrayList<RouterProcess>();
    for (Site site : sites) {
      var settings = new HashMap<>(RouterCluster.settings(site, peers));
      settings.putAll(Map.of("FLYLINE_NATS_USER", site.name(), "FLYLINE_NATS_TOKEN", site.name()));
      routers.add(processes.start(site, settings));
    }
    routers.forEach(RouterProcess::awaitReady);
    Await.until("two members", SOON, () -> both(routers), () -> "");
    return routers;
  }

  private static boolean both(List<RouterProcess> routers) {
    try {
      for (RouterProcess router : routers) {
        if (router.view().members().size() != 2) {
          return false;
        }
      }
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static LogClient open(RouterProcess router) throws IOException {
    Ask ask = Ask.app(APP, Transport.FLYLINE_V1).with("tail", 0).token(Tokens.of(APP));
    return LogClient.open(router.site().http(), ask, Deadline.in(SOON));
  }

  private static void awaitNotice(LogClient viewer, String code) throws IOException {
    while (true) {
      if (next(viewer).stream()
          .anyMatch(seen -> seen instanceof Seen.Notice notice && notice.code().equals(code))) {
        return;
      }
    }
  }

  private static List<Seen> next(LogClient viewer) throws IOException {
    return viewer.read(Deadline.in(SOON));
  }

  /** Publishes until the viewer sees a line: the app is read again. */
  private static void awaitLine(TestNats nats, LogClient viewer) throws IOException {
    var deadline = Deadline.in(SOON);
    while (!deadline.passed()) {
      nats.publish(SUBJECT, "again");
      try {
        if (viewer.read(Deadline.in(Duration.ofMillis(200))).stream()
            .anyMatch(Seen.Line.class::isInstance)) {
          return;
        }
      } catch (SocketTimeoutException _) {
        // not read yet
      }
    }
    throw new AssertionError("no line came");
  }

  @Test
  void appThatIsRefusedToEveryRouter_isToldToTheViewersOfEach() throws IOException {
    try (TestNats nats = TestNats.startWith(users("r1", "r2"), TEST)) {
      List<RouterProcess> routers = start(nats);
      try (LogClient one = open(routers.get(0));
          LogClient two = open(routers.get(1))) {
        awaitNotice(one, "upstream_refused");
        awaitNotice(two, "upstream_refused");
        try (LogClient late = open(routers.get(0));
            LogClient later = open(routers.get(1))) {
          awaitNotice(late, "upstream_refused");
          awaitNotice(later, "upstream_refused");
        }
        nats.reload(users());
        awaitNotice(one, "nats_connected");
        awaitNotice(two, "nats_connected");
        awaitLine(nats, one);
        awaitLine(nats, two);
      } finally {
        routers.forEach(RouterProcess::kill9);
      }
    }
  }

  /** A router that may read the app takes it over, whoever owns it first. */
  @Test
  void appThatIsRefusedToOneRouter_isReadByTheOther() throws IOException {
    for (String denied : List.of("r1", "r2")) {
      try (TestNats nats = TestNats.startWith(users(denied), TEST)) {
        List<RouterProcess> routers = start(nats);
        try (LogClient one = open(routers.get(0));
            LogClient two = open(routers.get(1))) {
          awaitLine(nats, one);
          awaitLine(nats, two);
          for (RouterProcess router : routers) {
            Await.until("no notice", SOON, () -> isToldOfNothing(nats, router), () -> "");
          }
        } finally {
          routers.forEach(RouterProcess::kill9);
        }
      }
    }
  }

  /** Whether somebody who comes now gets a line, and no notice before it. */
  private static boolean isToldOfNothing(TestNats nats, RouterProcess router) {
    try (LogClient late = open(router)) {
      assertThat(next(late)).allMatch(Seen.Hello.class::isInstance);
      nats.publish(SUBJECT, "more");
      return next(late).stream().allMatch(Seen.Line.class::isInstance);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
