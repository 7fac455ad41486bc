package dev.flyline.server;

import dev.flyline.auth.AuthConfig;
import dev.flyline.cluster.ClusterConfig;
import dev.flyline.config.ConfigException;
import dev.flyline.config.Settings;
import dev.flyline.feed.FeedConfig;
import dev.flyline.ingest.nats.IngestConfig;
import dev.flyline.stream.StreamConfig;
import dev.flyline.web.PageConfig;
import dev.flyline.web.WebConfig;
import java.security.SecureRandom;
import java.util.Map;

/**
 * All that a router needs to know.
 *
 * @param node the name of this router's life: random for every start, part of every epoch
 * @param eventLoops event loops, and so lanes
 */
public record RouterConfig(
    String node,
    int eventLoops,
    ClusterConfig cluster,
    IngestConfig ingest,
    FeedConfig feed,
    StreamConfig stream,
    AuthConfig auth,
    WebConfig web,
    PageConfig page) {

  private static final String NODE_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final int NODE_LENGTH = 10;

  /** Reads every setting; throws {@link ConfigException} that lists all that is wrong. */
  public static RouterConfig from(Settings settings) {
    return from(settings, System.getenv());
  }

  static RouterConfig from(Settings settings, Map<String, String> environment) {
    String node = randomNode();
    var config =
        new RouterConfig(
            node,
            settings.integer(
                "event.loops",
                Runtime.getRuntime().availableProcessors(),
                1,
                256,
                "event loops; one per processor is right nearly always"),
            ClusterConfig.from(settings, environment),
            IngestConfig.from(settings),
            FeedConfig.from(settings),
            StreamConfig.from(settings, environment, node),
            AuthConfig.from(settings),
            WebConfig.from(settings, environment),
            PageConfig.from(settings));
    settings.check();
    return config;
  }

  /** The same for a router of another name. */
  RouterConfig renamed() {
    String another = randomNode();
    return new RouterConfig(
        another, eventLoops, cluster, ingest, feed, stream.named(another), auth, web, page);
  }

  private static String randomNode() {
    var random = new SecureRandom();
    var name = new StringBuilder(NODE_LENGTH);
    for (int i = 0; i < NODE_LENGTH; i++) {
      name.append(NODE_CHARACTERS.charAt(random.nextInt(NODE_CHARACTERS.length())));
    }
    return name.toString();
  }
}
