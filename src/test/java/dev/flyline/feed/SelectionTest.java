package dev.flyline.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import dev.flyline.filter.LineFilter;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which lines of a block a filter lets through. */
@Timeout(20)
final class SelectionTest {

  private final BlockRing ring = new BlockRing(Entries.LINEAGE, 0, Entries.WIDE, Entries.budget());

  private static LineFilter filter(String expression) throws FilterException {
    return new LineFilter(Set.of(), Set.of(), FilterExpression.parse(expression));
  }

  private static LogLine line(String text) {
    return new LogLine("fra", "m1", text.getBytes(UTF_8), 7);
  }

  private void append(Entry... entries) {
    ring.append(new LogBatch(Entries.APP, Entries.EPOCH, ring.head() + 1, List.of(entries)));
  }

  private List<Long> selected(LineFilter filter) {
    return LongStream.rangeClosed(ring.oldest(), ring.head())
        .filter(seq -> block(seq).batch().entry(seq) instanceof LogLine)
        .filter(seq -> block(seq).selected(filter).passes(seq))
        .boxed()
        .toList();
  }

  private Block block(long seq) {
    return Objects.requireNonNull(ring.find(seq));
  }

  @Test
  void stackTrace_goesOnOverBlocksAndMarks() throws FilterException {
    append(line("quiet"), line("ERROR boom"));
    append(line("\tat first"));
    append(new Mark(GapCause.UPSTREAM, 3, 7));
    append(line("\tat second"), line("quiet"), line("\tat nowhere"));

    assertThat(selected(filter("@level:error"))).containsExactly(2L, 3L, 5L);
    assertThat(selected(filter("-@level:error"))).containsExactly(1L, 6L, 7L);
  }

  @Test
  void lines_areFoundWhateverTheSizeOfABlock() throws FilterException {
    var texts = new ArrayList<Entry>();
    for (int i = 1; i <= 200; i++) {
      texts.add(line(i % 63 == 0 ? "wanted" : "other"));
    }
    append(texts.toArray(Entry[]::new));

    assertThat(selected(filter("wanted"))).containsExactly(63L, 126L, 189L);
    assertThat(selected(LineFilter.ALL)).hasSize(200);
  }
}
