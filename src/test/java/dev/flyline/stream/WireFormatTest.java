package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every format owes: a strict client at the other end is told exactly what was put in. */
@Timeout(120)
final class WireFormatTest {

  @ParameterizedTest
  @EnumSource
  void hostilePayload_staysWithinItsLine(WireFormat format) {
    for (Samples.Hostile hostile : Samples.hostile()) {
      LogBatch batch =
          Samples.batch(
              Samples.line("{\"n\":1}"), Samples.line(hostile.payload()), Samples.line("after"));

      List<Told> told = format.decode(format.encoder.batch(batch, LineFilter.ALL));

      assertThat(told).as(hostile.name()).hasSize(3);
      assertThat(((Told.Line) told.get(0)).value()).as(hostile.name()).isEqualTo("{\"n\":1}");
      assertThat(((Told.Line) told.get(1)).value().equals(value(format, hostile)))
          .as(hostile.name())
          .isTrue();
      assertThat(((Told.Line) told.get(2)).value()).as(hostile.name()).isEqualTo("after");
    }
  }

  private static String value(WireFormat format, Samples.Hostile hostile) {
    return format.value(hostile.payload(), hostile.object());
  }

  @ParameterizedTest
  @EnumSource
  void randomBatches_comeOutAsTheyWentIn(WireFormat format) {
    var random = new Random(7);
    var filters =
        List.of(
            LineFilter.ALL,
            Samples.onlyRegion("fra"),
            new LineFilter(Set.of("iad"), Set.of("m1")),
            Samples.onlyRegion("nowhere"));
    for (int i = 0; i < 200; i++) {
      LogBatch batch = Samples.random(random);
      LineFilter filter = filters.get(i % filters.size());

      assertThat(format.decode(format.encoder.batch(batch, filter)))
          .isEqualTo(format.due(batch, filter));
    }
  }

  @ParameterizedTest
  @EnumSource
  void allHostilePayloadsInOneBatch_comeOutInOrder(WireFormat format) {
    var entries = new ArrayList<Entry>();
    for (Samples.Hostile hostile : Samples.hostile()) {
      entries.add(Samples.line(hostile.payload()));
    }
    var batch = new LogBatch(Samples.SHOP, Samples.EPOCH, 1, entries);

    List<Told> told = format.decode(format.encoder.batch(batch, LineFilter.ALL));

    assertThat(told.equals(format.due(batch, LineFilter.ALL))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void gap_isToldWithCountAndCause(WireFormat format) {
    var missing = new Told.Missing("7-x9k2:42", "7-x9k2:99", "58", "slow");

    for (boolean passed : new boolean[] {false, true}) {
      assertThat(format.decode(format.encoder.gap(Samples.SHOP, Samples.SLOW, passed)))
          .containsExactly(missing);
    }
  }

  @ParameterizedTest
  @EnumSource
  void httpBodies_goOutInChunksAndWebSocketFramesDoNot(WireFormat format) {
    boolean webSocket = format == WireFormat.WS_VERBATIM || format == WireFormat.WS_FLYLINE;

    assertThat(format.encoder.chunked()).isEqualTo(!webSocket);
  }

  @ParameterizedTest
  @EnumSource
  void bye_isTold(WireFormat format) {
    assertThat(format.decode(Samples.told(format.encoder, Samples.END)))
        .containsExactly(
            new Told.Other(
                "{\"type\":\"bye\",\"code\":\"end\",\"reconnect\":false,\"after_ms\":0}"));
  }

  @ParameterizedTest
  @EnumSource
  void filterThatLetsNothingThrough_leavesTheMarks(WireFormat format) {
    LineFilter none = Samples.onlyRegion("nowhere");
    Mark mark = new Mark(GapCause.QUOTA, 3, Samples.ARRIVED_MS);
    LogLine line = Samples.line("x");

    assertThat(format.encoder.batch(Samples.batch(line, line), none)).isEmpty();
    assertThat(format.decode(format.encoder.batch(Samples.batch(line, mark, line), none)))
        .containsExactly(new Told.Missing("7-x9k2:43", "7-x9k2:43", "3", "quota"));
  }
}
