package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.config.Settings;
import dev.flyline.log.Member;
import dev.flyline.metrics.Meters;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class AloneTest {

  @Test
  void off_isAPlainVertx_withOneMember() {
    var config = ClusterConfig.from(Settings.of(Map.of()), Map.of("FLY_REGION", "fra"));

    var cluster = TestCluster.await(Cluster.start(config, "me", new VertxOptions(), new Meters()));

    assertThat(cluster.vertx().isClustered()).isFalse();
    assertThat(cluster.members()).containsExactly(new Member("me", "local", "fra"));
    assertThat(cluster.self()).isEqualTo(cluster.members().getFirst());
    cluster.send("other", Buffer.buffer("goes nowhere"));
    TestCluster.await(cluster.leave());
  }

  /** Vert.x itself looks for what is on the class path; the router must not need it. */
  @Test
  void off_needsNothingOfHazelcast() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (var loader =
        new URLClassLoader(classPathWithoutHazelcast(), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Class<?> start = loader.loadClass(StartAlone.class.getName());

      Object result = ((Callable<?>) start.getConstructor().newInstance()).call();

      assertThat(result).isEqualTo("started without it");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL[] classPathWithoutHazelcast() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(path -> !path.getFileName().toString().contains("hazelcast"))
        .map(AloneTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Starts a router's Vert.x where there is no Hazelcast; loaded by name, in a loader of its own.
   */
  public static final class StartAlone implements Callable<String> {

    @Override
    public String call() {
      try {
        Class.forName("com.hazelcast.core.Hazelcast");
        return "Hazelcast is there";
      } catch (ClassNotFoundException _) {
        var config = ClusterConfig.from(Settings.of(Map.of()), Map.of());
        Cluster.start(config, "me", new VertxOptions(), new Meters())
            .compose(Cluster::leave)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
        return "started without it";
      }
    }
  }
}
