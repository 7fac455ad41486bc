package dev.flyline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.AppName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class GeneratedTrafficTest {

  private final List<FlyLines> apps =
      Stream.of("shop", "blog").map(name -> new FlyLines(new AppName(name), 1, 0, 1)).toList();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<FlyLines.Line> sent = new ArrayList<>();

  @Test
  void traffic_isAsMuchAsTheRateSays_ofAllAppsInTurn() throws InterruptedException {
    var traffic = new GeneratedTraffic(apps, 5000, sent::add);

    assertThat(traffic.run(Duration.ofMillis(200), stop, _ -> {})).isEqualTo(1000);
    assertThat(sent).hasSize(1000);
    assertThat(sent.stream().filter(line -> line.subject().app().value().equals("shop")))
        .hasSize(500);
  }

  @Test
  void traffic_endsWhenStopped() throws InterruptedException {
    var traffic =
        new GeneratedTraffic(
            apps,
            1000,
            line -> {
              sent.add(line);
              stop.countDown();
            });

    assertThat(traffic.run(Duration.ofDays(1), stop, _ -> {})).isBetween(1L, 101L);
  }

  @Test
  void traffic_tellsItsProgressEverySecond() throws InterruptedException {
    var told = new ArrayList<Long>();

    new GeneratedTraffic(apps, 100, sent::add).run(Duration.ofMillis(1050), stop, told::add);

    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).isBetween(1L, 105L);
  }
}
