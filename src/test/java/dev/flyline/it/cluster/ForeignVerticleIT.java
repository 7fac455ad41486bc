package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.LogBus;
import dev.flyline.config.Settings;
import dev.flyline.it.Ask;
import dev.flyline.it.Deadline;
import dev.flyline.it.LogClient;
import dev.flyline.it.Seen;
import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import dev.flyline.it.Tokens;
import dev.flyline.it.Transport;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Position;
import dev.flyline.server.Router;
import dev.flyline.server.RouterConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A verticle that flyline does not know hears an app's lines by one subscription. */
@Timeout(180)
@SideBySide
final class ForeignVerticleIT {

  private static final Duration SOON = Duration.ofSeconds(45);
  private static final int LINES_AROUND_THE_KILL = 200;

  @RegisterExtension static final Routers routers = new Routers("foreign-verticle");

  /** A line as one who hears it can tell it from others. */
  private record Heard(Position at, String payload) {}

  /** Keeps every line of the app. */
  private static final class Recorder extends VerticleBase {
    final Queue<Heard> lines = new ConcurrentLinkedQueue<>();
    private final String app;

    Recorder(String app) {
      this.app = app;
    }

    @Override
    public Future<?> start() {
      return vertx
          .eventBus()
          .<LogBatch>localConsumer(
              LogBus.address(new AppName(app)), message -> take(message.body()))
          .completion();
    }

    private void take(LogBatch batch) {
      for (long seq = batch.firstSeq(); seq <= batch.lastSeq(); seq++) {
        if (batch.entry(seq) instanceof LogLine line) {
          lines.add(
              new Heard(
                  new Position(batch.epoch(), seq),
                  new String(line.payload(), StandardCharsets.UTF_8)));
        }
      }
    }
  }

  @Test
  void subscriberGetsWhatAViewerGets_inOrder_overAKillOfTheOwner() throws Exception {
    try (var nats = TestNats.start()) {
      List<Site> sites = Site.onLoopback(3, nats.url());
      String peers = sites.stream().map(Site::peer).collect(Collectors.joining(","));
      List<RouterProcess> others =
          sites.subList(0, 2).stream()
              .map(site -> routers.start(site, RouterCluster.settings(site, peers)))
              .toList();
      Router here = Router.start(config(sites.getLast(), peers)).await(60, TimeUnit.SECONDS);
      try {
        others.forEach(RouterProcess::awaitReady);
        Await.until(
            "three members everywhere",
            SOON,
            () ->
                view(here).members().size() == 3
                    && others.stream().allMatch(router -> members(router) == 3),
            () -> "fewer members");
        Watched watched = watchedElsewhere(here, others);
        assertHeardAlike(nats, here, watched);
      } finally {
        here.stop().await(60, TimeUnit.SECONDS);
      }
    }
  }

  /** An app that a process owns, with a standby in step, and that is viewed here. */
  private record Watched(String app, RouterProcess owner, LogClient viewer) {}

  /**
   * Which router owns an app goes by a hash of addresses; the one in this process cannot be killed.
   */
  private static Watched watchedElsewhere(Router here, List<RouterProcess> others)
      throws IOException {
    for (int i = 0; i < 50; i++) {
      String app = "shop-" + i;
      LogClient viewer = view(here, app);
      var owners = new ArrayList<RouterProcess>();
      Await.until(
          "an owner with a standby in step",
          SOON,
          () -> {
            others.stream().filter(router -> ownsInStep(router, app)).forEach(owners::add);
            return !owners.isEmpty() || owns(here, app, true);
          },
          () -> app + " has none");
      if (!owners.isEmpty()) {
        return new Watched(app, owners.getFirst(), viewer);
      }
      viewer.close();
    }
    throw new AssertionError("the router of this process owns every app");
  }

  private static LogClient view(Router router, String app) throws IOException {
    var door = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), router.httpPort());
    Ask ask = Ask.app(app, Transport.FLYLINE_V1).with("tail", 0).token(Tokens.of(app));
    return LogClient.open(door, ask, Deadline.in(SOON));
  }

  private static void assertHeardAlike(TestNats nats, Router here, Watched watched)
      throws Exception {
    var recorder = new Recorder(watched.app());
    here.deploy(recorder).await(10, TimeUnit.SECONDS);
    var viewed = new ArrayList<Heard>();
    var holes = new ArrayList<Seen>();
    try (var viewer = watched.viewer();
        var publisher = new Steady(nats, watched.app())) {
      publisher.start();
      read(viewer, viewed, holes, LINES_AROUND_THE_KILL);
      watched.owner().kill9();
      read(viewer, viewed, holes, viewed.size() + LINES_AROUND_THE_KILL);
      publisher.end();
      String last = Steady.payload(publisher.published());
      while (!viewed.getLast().payload().equals(last)) {
        read(viewer, viewed, holes, viewed.size() + 1);
      }
      assertThat(holes).isEmpty();
      assertThat(viewed.stream().map(Heard::payload))
          .hasSize(publisher.published())
          .doesNotHaveDuplicates();
      assertThat(viewed.stream().map(heard -> heard.at().epoch()).distinct()).hasSize(2);
      Await.until(
          "the verticle has heard the last line",
          SOON,
          () -> recorder.lines.size() >= viewed.size(),
          () -> recorder.lines.size() + " of " + viewed.size());
      assertThat(recorder.lines).containsExactlyElementsOf(viewed);
    }
  }

  @Test
  void exampleOfTheDocs_countsTheLinesOfAnAppThatIsViewed() throws Exception {
    try (var nats = TestNats.start()) {
      Site site = Site.onLoopback(1, nats.url()).getFirst();
      Router router = Router.start(config(site, "")).await(60, TimeUnit.SECONDS);
      try {
        var counter = new LineCount();
        router.deploy(counter).await(10, TimeUnit.SECONDS);
        Await.until( // a mark would tell of the time before
            "NATS is connected",
            SOON,
            () -> ops(router, "/metrics").contains("flyline_nats_connected 1.0"),
            () -> "it is not");
        try (var viewer = view(router, "shop")) {
          Await.until("shop is read", SOON, () -> owns(router, "shop", false), () -> "it is not");
          nats.publish("logs.shop.fra.m1", Steady.payload(1));
          nats.publish("logs.shop.fra.m1", Steady.payload(2));
          var lines = new ArrayList<Heard>();
          read(viewer, lines, new ArrayList<>(), 2);
          Await.until("2 counted", SOON, () -> counter.count.get() >= 2, () -> "" + counter.count);
        }
        assertThat(counter.count.get()).isEqualTo(2);
      } finally {
        router.stop().await(60, TimeUnit.SECONDS);
      }
    }
  }

  /** The code in the page is the code that runs here. */
  @Test
  void exampleOfTheDocs_isTheVerticleThatIsTested() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/flyline/it/cluster/LineCount.java"));
    String example = source.substring(source.indexOf("final class LineCount"));
    assertThat(Files.readString(Path.of("docs/architecture.md")))
        .contains("```java\n" + example + "```");
  }

  private static void read(LogClient viewer, List<Heard> lines, List<Seen> holes, int count)
      throws IOException {
    var deadline = Deadline.in(SOON);
    while (lines.size() < count) {
      for (Seen seen : viewer.read(deadline)) {
        switch (seen) {
          case Seen.Line line -> lines.add(new Heard(line.at().orElseThrow(), line.payload()));
          case Seen.Hole hole -> holes.add(hole);
          case Seen.End end -> throw new AssertionError("the stream has ended: " + end);
          default -> {} // hello, notices and pings
        }
      }
    }
  }

  private static boolean ownsInStep(RouterProcess router, String app) {
    try {
      return owns(router.view(), app, true);
    } catch (IOException _) {
      return false;
    }
  }

  private static boolean owns(Router router, String app, boolean inStep) {
    return owns(view(router), app, inStep);
  }

  private static ClusterView view(Router router) {
    return ClusterView.parse(new JsonObject(ops(router, "/v1/cluster")));
  }

  private static String ops(Router router, String path) {
    var address = URI.create("http://127.0.0.1:" + router.opsPort() + path);
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean owns(ClusterView view, String app, boolean inStep) {
    return view.owned().stream()
        .anyMatch(one -> one.app().equals(app) && (one.inStep() || !inStep));
  }

  private static int members(RouterProcess router) {
    try {
      return router.view().members().size();
    } catch (IOException _) {
      return 0;
    }
  }

  /** The configuration of a router in this process, without a cluster if it has no peers. */
  private static RouterConfig config(Site site, String peers) {
    Map<String, String> settings = new HashMap<>();
    Map<String, String> clustered =
        peers.isEmpty() ? Map.of() : RouterCluster.settings(site, peers);
    clustered.forEach(
        (name, value) ->
            settings.put(
                name.substring("FLYLINE_".length()).toLowerCase(Locale.ROOT).replace('_', '.'),
                value));
    settings.put("nats.url", site.natsUrl());
    settings.put("http.host", site.host());
    settings.put("http.port", Integer.toString(site.httpPort()));
    settings.put("ops.host", site.host());
    settings.put("ops.port", Integer.toString(site.opsPort()));
    settings.put("auth.hmac.secret", Tokens.SECRET);
    settings.put("drain", "0s");
    return RouterConfig.from(Settings.of(settings));
  }

  /** Publishes numbered lines of one machine until it is closed. */
  private static final class Steady implements AutoCloseable {
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final TestNats nats;
    private final String app;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile int published;

    Steady(TestNats nats, String app) {
      this.nats = nats;
      this.app = app;
    }

    void start() {
      thread.start();
    }

    private void run() {
      while (!closed.get()) {
        int next = published + 1;
        nats.publish("logs." + app + ".fra.m1", payload(next));
        published = next;
        LockSupport.parkNanos(PAUSE_NS);
      }
    }

    static String payload(int number) {
      return "{\"message\":\"line " + number + "\"}";
    }

    int published() {
      return published;
    }

    /** Publishes no more from when this returns. */
    void end() throws InterruptedException {
      closed.set(true);
      thread.join();
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }
}
