package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Position;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class BlockTest {

  private final AtomicLong kept = new AtomicLong();

  @Test
  void encoding_addedWhileTheBlockIsEvicted_isNotCountedForEver() {
    var block = new Block(Entries.lines(1, 3));
    var meanwhile = new AtomicReference<@Nullable Runnable>(() -> kept.addAndGet(-block.evict()));
    var format = new Shared(new Format(new Interrupted(meanwhile), LineFilter.ALL));

    byte[] bytes = block.encoded(format, true, kept::addAndGet);

    assertThat(bytes).hasSize(9);
    assertThat(kept).hasValue(0);
  }

  @Test
  void encoding_madeTwiceAtTheSameTime_isKeptOnce() {
    var block = new Block(Entries.lines(1, 3));
    var meanwhile = new AtomicReference<@Nullable Runnable>();
    var format = new Shared(new Format(new Interrupted(meanwhile), LineFilter.ALL));
    var other = new AtomicReference<byte[]>();
    meanwhile.set(() -> other.set(block.encoded(format, true, kept::addAndGet)));

    byte[] bytes = block.encoded(format, true, kept::addAndGet);

    assertThat(bytes).isSameAs(other.get());
    assertThat(kept).hasValue(block.dropEncodings());
  }

  /** Lets something happen once, while it encodes. */
  private record Interrupted(AtomicReference<@Nullable Runnable> meanwhile) implements Encoder {

    @Override
    public byte[] batch(LogBatch batch, Selection selection) {
      Runnable task = meanwhile.getAndSet(null);
      if (task != null) {
        task.run();
      }
      return new byte[9];
    }

    @Override
    public byte[] gap(AppName app, Gap gap, boolean passed) {
      return new byte[0];
    }

    @Override
    public byte @Nullable [] ping(Position at) {
      return null;
    }
  }
}
