package dev.flyline.ingest;

import io.nats.client.Connection;
import io.nats.client.impl.SocketDataPort;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is read at most once in two milliseconds as long as little comes at a time.
 *
 * <p>Of many apps each of which is quiet, NATS sends lines one by one. Were each read as it comes,
 * each would wake the client's reader, then its dispatcher, then an event loop. So they are left in
 * the socket's buffer for a moment and come together, also to all who follow. A line after a quiet
 * time is read at once, and so is a backlog.
 *
 * <p>Made by the client, by the name of this class; read by its one reader.
 */
public class PacedPort extends SocketDataPort {

  private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Bytes; who reads so many at once saves no more by waiting. TLS brings 16 KiB at most. */
  private static final int BACKLOG = 8 * 1024;

  /** Learns how reading goes: the client's connection listener, if it wants to. */
  interface Readers {

    /** Everything that has been read has been handed on, and the reader waits for more. */
    void handedOn();

    /** The reader has something to hand on. */
    void reads();
  }

  private static final Readers NOBODY =
      new Readers() {
        @Override
        public void handedOn() {}

        @Override
        public void reads() {}
      };

  private @Nullable Readers readers; // set at the first read
  private long readNs = System.nanoTime() - 2 * PACE_NS;
  private boolean waits; // what was read last came soon after what was read before

  /** Not connected yet. */
  public PacedPort() {}

  @Override
  public int read(byte[] dst, int off, int len) throws IOException {
    Readers told = readers();
    told.handedOn();
    if (waits) {
      LockSupport.parkNanos(PACE_NS - (System.nanoTime() - readNs)); // or less, which is no harm
    }
    int count = super.read(dst, off, len);
    told.reads();
    long nowNs = System.nanoTime();
    waits = nowNs - readNs < 2 * PACE_NS && count < BACKLOG;
    readNs = nowNs;
    return count;
  }

  private Readers readers() {
    Readers known = readers;
    if (known == null) {
      Connection of = connection;
      var listener = of == null ? null : of.getOptions().getConnectionListener();
      known = listener instanceof Readers listens ? listens : NOBODY;
      readers = known;
    }
    return known;
  }
}
