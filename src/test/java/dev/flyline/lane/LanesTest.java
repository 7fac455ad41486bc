package dev.flyline.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.AppName;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where apps are at home, and that nobody can know that from their names. */
@Timeout(20)
final class LanesTest {

  private static final int COUNT = 4;
  private static final List<AppName> APPS =
      IntStream.range(0, 4_000).mapToObj(i -> new AppName("app-" + i)).toList();

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(COUNT));

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static List<Integer> homes(Lanes lanes) {
    return APPS.stream().map(app -> lanes.home(app).index()).toList();
  }

  @Test
  void app_staysAtHomeOnOneLane() {
    var lanes = new Lanes(vertx, COUNT);
    assertThat(homes(lanes)).isEqualTo(homes(lanes));
  }

  @Test
  void apps_areSpreadEvenly() {
    List<Integer> homes = homes(new Lanes(vertx, COUNT));
    for (int lane = 0; lane < COUNT; lane++) {
      int at = lane;
      assertThat(homes.stream().filter(home -> home == at)).hasSizeBetween(800, 1_200);
    }
  }

  /** Names chosen for one lane of a process are spread in the next as if nobody had chosen them. */
  @Test
  void namesChosenForOneLane_areOfAllLanesInAnotherProcess() {
    var known = new Lanes(vertx, COUNT);
    var next = new Lanes(vertx, COUNT);
    List<AppName> chosen = APPS.stream().filter(app -> known.home(app).index() == 0).toList();
    for (int lane = 0; lane < COUNT; lane++) {
      int at = lane;
      assertThat(chosen.stream().filter(app -> next.home(app).index() == at))
          .hasSizeBetween(chosen.size() / 8, chosen.size() / 2);
    }
  }

  /** The values of the authors' own test vectors. */
  @Test
  void hash_isSipHash() {
    byte[] key = new byte[16];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    var hash = new SipHash(key);
    assertThat(hash.of(counting(0))).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(hash.of(counting(7))).isEqualTo(0xab0200f58b01d137L);
    assertThat(hash.of(counting(8))).isEqualTo(0x93f5f5799a932462L);
    assertThat(hash.of(counting(15))).isEqualTo(0xa129ca6149be45e5L);
  }

  private static String counting(int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) i);
    }
    return text.toString();
  }
}
