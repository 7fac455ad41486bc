package dev.flyline.benchmarks;

import java.io.IOException;

/** One server and viewers to whom nothing comes: what is done with them, in this order. */
interface IdleSteps extends AutoCloseable {

  /**
   * What it took to connect the viewers, and what the server holds for them.
   *
   * @param cpuSeconds of the server
   * @param clientSeconds of CPU of the load client
   * @param grownBytes by how much the resident memory grew
   * @param grownHeapBytes by how much what is alive in the heap grew; 0 if not Java
   */
  record Connected(
      double seconds,
      double cpuSeconds,
      double clientSeconds,
      double p50Ms,
      double p99Ms,
      long residentBytes,
      long grownBytes,
      long grownHeapBytes) {}

  /** Connects all viewers. */
  Connected connect() throws IOException, InterruptedException;

  /** Waits, and returns the seconds of CPU that the server used in each second of it. */
  double idle(int seconds) throws IOException, InterruptedException;

  /** Lines are published, and every viewer must get its own. */
  Result.Faults prove() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
