package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Refusal;
import dev.flyline.log.GapCause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators are told of metrics is there, from the start, and true. */
@Timeout(300)
@SideBySide
final class MetricsIT {

  private static final Pattern NAME = Pattern.compile("`((flyline|jvm|process)_[a-z_]+)`");

  private static String series(TestRouter router) {
    return router.ops("/metrics").body();
  }

  private static double told(TestRouter router, String cause) {
    return router
        .ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("flyline_gaps_told_total{cause=\"" + cause + "\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void everyMetricThatTheDocsName_isThereFromTheStart() throws IOException {
    var named = new TreeSet<String>();
    NAME.matcher(Files.readString(Path.of("docs/operations.md")))
        .results()
        .forEach(found -> named.add(found.group(1)));
    assertThat(named).hasSizeGreaterThan(15);
    try (TestNats nats = TestNats.down();
        TestRouter router = TestRouter.startAlone(nats, Map.of())) {
      String body = series(router);
      assertThat(named)
          .allSatisfy(
              name -> assertThat(body.lines()).anyMatch(line -> line.matches(name + "[ {].*")));
    }
  }

  @Test
  void seriesOfKnownLabels_areThereFromTheStart() {
    try (TestNats nats = TestNats.down();
        TestRouter router = TestRouter.startAlone(nats, Map.of())) {
      String body = series(router);
      for (GapCause cause : GapCause.values()) {
        assertThat(body).contains("flyline_gaps_told_total{cause=\"" + cause.wireName() + "\"} 0");
      }
      for (Refusal.Reason reason : Refusal.Reason.values()) {
        assertThat(body)
            .contains("flyline_tokens_refused_total{reason=\"" + reason.label() + "\"} 0");
      }
      for (String code : List.of("forbidden", "draining", "too_many_viewers_per_user")) {
        assertThat(body).contains("flyline_viewers_refused_total{code=\"" + code + "\"} 0");
      }
      for (String reason : List.of("queue_full", "fault")) {
        assertThat(body).contains("flyline_lines_dropped_total{reason=\"" + reason + "\"} 0");
      }
      assertThat(router.metric("flyline_nats_connected")).isZero();
    }
  }

  /** A mark stands in a batch, whose bytes all viewers share. */
  @Test
  void gapsThatStandInTheLog_countForEachViewerThatIsTold() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats, Map.of("ingest.linger", "0s"))) {
      assertThat(router.metric("flyline_nats_connected")).isEqualTo(1);
      var viewers = new ArrayList<LogClient>();
      for (int i = 0; i < 3; i++) {
        viewers.add(router.live("shop", Transport.SSE));
      }
      Lines.publish(nats, "shop", 1, 1);
      viewers.forEach(viewer -> viewer.messages(1));
      assertThat(router.metric("flyline_nats_last_message_seconds")).isLessThan(30);
      nats.kill();
      nats.restart();
      nats.awaitReader("shop");
      Lines.publish(nats, "shop", 2, 2);
      viewers.forEach(viewer -> assertThat(viewer.messages(1)).isEqualTo(Lines.messages(2, 2)));
      assertThat(told(router, "upstream")).isEqualTo(3);

      String position = viewers.getFirst().lastPosition().orElseThrow().toString();
      viewers.forEach(LogClient::close);
      nats.awaitSubscriptions(0);
      Ask ask = Ask.app("shop", Transport.SSE).token(Tokens.of("shop"));
      try (LogClient back = router.open(ask.with("since", position))) {
        assertThat(back.await(Seen.Hole.class).cause()).isEqualTo("unwatched");
        assertThat(told(router, "unwatched")).isEqualTo(1);
      }
    }
  }
}
