package dev.flyline.feed;

import dev.flyline.bus.LogBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A batch and its bytes in each format that somebody has asked for.
 *
 * <p>Shared by all event loops. The encodings are a list to which the loop that first needs a
 * format adds it; should two loops encode the same at the same time, the later one's bytes are
 * thrown away, so that all viewers share one array.
 */
final class Block {

  private static final VarHandle ENCODED;

  static {
    try {
      ENCODED = MethodHandles.lookup().findVarHandle(Block.class, "encoded", Encoded.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LogBatch batch;
  private final long bytes;
  private volatile @Nullable Encoded encoded;
  private volatile boolean evicted;

  Block(LogBatch batch) {
    this.batch = batch;
    this.bytes = batch.bytes();
  }

  LogBatch batch() {
    return batch;
  }

  long firstSeq() {
    return batch.firstSeq();
  }

  long lastSeq() {
    return batch.lastSeq();
  }

  /** What the entries hold of the heap, without encodings. */
  long bytes() {
    return bytes;
  }

  /**
   * The block's bytes in {@code format}.
   *
   * @param keep whether they may be kept for others, if they are newly made
   * @param added learns how many bytes are kept
   */
  byte[] encoded(Format format, boolean keep, Added added) {
    Encoded known = encoded;
    byte[] made = find(known, format);
    if (made != null) {
      return made;
    }
    byte[] bytes = format.encoder().batch(batch, format.filter());
    if (!keep) {
      return bytes;
    }
    while (!ENCODED.compareAndSet(this, known, new Encoded(format, bytes, known))) {
      known = encoded;
      made = find(known, format);
      if (made != null) {
        return made;
      }
    }
    added.bytes(bytes.length + Encoded.OVERHEAD);
    if (evicted) { // while we encoded: nobody else will let go of what we have added
      added.bytes(-dropEncodings());
    }
    return bytes;
  }

  /** The ring has let go of this block; returns how many bytes its encodings held. */
  long evict() {
    evicted = true; // before the encodings go, so that whoever adds one later sees it
    return dropEncodings();
  }

  private static byte @Nullable [] find(@Nullable Encoded among, Format format) {
    for (Encoded e = among; e != null; e = e.next) {
      if (e.format.equals(format)) {
        return e.bytes;
      }
    }
    return null;
  }

  /** Lets go of the encodings and returns how many bytes they held. */
  long dropEncodings() {
    long dropped = 0;
    var before = (@Nullable Encoded) ENCODED.getAndSet(this, null);
    for (Encoded e = before; e != null; e = e.next) {
      dropped += e.bytes.length + Encoded.OVERHEAD;
    }
    return dropped;
  }

  /** Counts bytes of encodings that are kept, or with a minus no longer. */
  @FunctionalInterface
  interface Added {
    void bytes(long count);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Encoded(Format format, byte[] bytes, @Nullable Encoded next) {
    static final int OVERHEAD = 56;
  }
}
