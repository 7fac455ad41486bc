package dev.flyline.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
final class BatchFormatTest {

  private static byte[] written(LogBatch batch) {
    var out = new WireWriter(0);
    BatchFormat.write(out, batch);
    Buffer buffer = Buffer.buffer();
    out.copyTo(buffer);
    return buffer.getBytes();
  }

  private static LogBatch read(byte[] bytes) {
    var in = new WireReader(bytes, 0, bytes.length, Names.few());
    LogBatch batch = BatchFormat.read(in);
    in.end();
    return batch;
  }

  @Test
  void randomBatches_comeBackEqual() {
    var random = new Random(3);
    for (int i = 0; i < 200; i++) {
      LogBatch batch = batch(random);
      LogBatch back = read(written(batch));
      assertThat(shown(back)).isEqualTo(shown(batch));
    }
  }

  private static LogBatch batch(Random random) {
    List<Entry> entries = new ArrayList<>();
    for (int left = 1 + random.nextInt(50); left > 0; left--) {
      long arrivedMs = 1_763_640_000_000L + random.nextInt(10_000);
      if (random.nextInt(10) == 0) {
        GapCause cause = GapCause.ofWireCode(1 + random.nextInt(GapCause.values().length));
        entries.add(new Mark(cause, random.nextBoolean() ? Mark.UNKNOWN : 7, arrivedMs));
      } else {
        byte[] payload = new byte[random.nextInt(400)];
        random.nextBytes(payload);
        entries.add(
            new LogLine("r" + random.nextInt(3), "m" + random.nextInt(9), payload, arrivedMs));
      }
    }
    return new LogBatch(new AppName("shop-1"), "17-abc", 1 + random.nextLong(1L << 50), entries);
  }

  private static List<String> shown(LogBatch batch) {
    List<String> shown = new ArrayList<>();
    shown.add(batch.app() + " " + batch.epoch() + " " + batch.firstSeq());
    for (Entry entry : batch.entries()) {
      shown.add(
          switch (entry) {
            case LogLine line ->
                line.region() + line.machine() + line.arrivedMs() + Arrays.toString(line.payload());
            case Mark mark -> mark.toString();
          });
    }
    return shown;
  }

  @Test
  void machineNames_areSentOncePerBatch() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      entries.add(new LogLine("fra", "d896d7c609dd68", new byte[300], 1));
    }
    byte[] bytes = written(new LogBatch(new AppName("shop"), "1-a", 1, entries));
    assertThat(bytes).hasSizeLessThan(100 * 300 * 105 / 100);
  }

  @Test
  void anotherVersion_isRefused() {
    byte[] bytes = written(batch(new Random(1)));
    bytes[0] = 9;
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(IllegalArgumentException.class);
  }
}
