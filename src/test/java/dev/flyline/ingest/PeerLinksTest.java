package dev.flyline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.EnvelopeWriter;
import dev.flyline.bus.Lanes;
import dev.flyline.cluster.Cluster;
import dev.flyline.cluster.ClusterConfig;
import dev.flyline.config.Settings;
import dev.flyline.metrics.Meters;
import dev.flyline.replica.Timing;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes from other routers and is not understood. */
@Timeout(20)
final class PeerLinksTest {

  private static final int OF_A_LATER_RELEASE = 200;

  private final Meters meters = new Meters();
  private Cluster cluster;
  private PeerLinks links;

  @BeforeEach
  void start() throws Exception {
    var off = ClusterConfig.from(Settings.of(Map.of()), Map.of());
    cluster =
        Cluster.start(off, "me", new VertxOptions(), meters)
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    links = new PeerLinks(cluster, new Lanes(cluster.vertx(), 1), Timing.DEFAULT, meters);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.leave().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void messagesOfALaterRelease_areCounted() {
    Buffer envelope = new EnvelopeWriter("b").finish(false, 0, 0);
    envelope.setByte(envelope.length() - 1, (byte) 2); // messages follow
    for (int i = 0; i < 2; i++) {
      envelope.appendByte((byte) OF_A_LATER_RELEASE).appendInt(3).appendString("new");
    }
    links.received(envelope);

    assertThat(meters.scrape()).contains("flyline_peer_messages_skipped_total 2");
    assertThat(meters.scrape()).contains("flyline_peer_messages_refused_total 0");
  }

  @Test
  void messageThatCannotBeRead_isCounted() {
    links.received(Buffer.buffer("HTTP/1.1"));

    assertThat(meters.scrape()).contains("flyline_peer_messages_refused_total 1");
    assertThat(meters.scrape()).contains("flyline_peer_messages_skipped_total 0");
  }
}
