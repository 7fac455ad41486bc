package dev.flyline.benchmarks;

import dev.flyline.it.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A server under measurement, started for one run. */
interface Target extends AutoCloseable {

  /** A server that has not started by then never will, even on a busy machine. */
  int START_SECONDS = 60;

  /** What each of the processes under measurement has used up to now: together, the result. */
  List<Share> shares() throws IOException;

  /** The bytes of objects that are alive, after a collection of all garbage; 0 if not Java. */
  default long heapAfterCollection() throws IOException, InterruptedException {
    return 0;
  }

  /** The NATS server that only brings the lines, when there is one beside the measured process. */
  Optional<Process> feeder();

  /** Where lines are published, or empty when the server makes its own. */
  Optional<InetSocketAddress> nats();

  /** How the viewers of {@code load} open their streams. */
  Handshake handshake(Load load);

  /** The name of the app with that number in the load. */
  default String app(Load load, int number) {
    return load.app(number);
  }

  /**
   * Called when all viewers are connected and before the first line; returns whether the server has
   * shown since that every viewer gets every line from now on.
   */
  default boolean settle() throws IOException, InterruptedException {
    return false;
  }

  /** How many apps are not where {@link #settle} found them. */
  default long moved() throws IOException {
    return 0;
  }

  @Override
  void close();

  static InetSocketAddress freeAddress() {
    return local(FreePorts.one("127.0.0.1"));
  }

  static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** Waits until the server's own sign says that it is ready; an exception if it ends or delays. */
  static void await(String name, Process process, Processes processes, BooleanSupplier ready)
      throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + START_SECONDS * 1_000_000_000L;
    while (!ready.getAsBoolean()) {
      processes.check();
      if (!process.isAlive() || System.nanoTime() > deadlineNs) {
        throw new IOException(name + " did not start:\n" + processes.logTail(name));
      }
      Thread.sleep(50);
    }
  }

  static boolean listens(InetSocketAddress address) {
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      return socket.isConnected();
    } catch (IOException _) { // not yet
      return false;
    }
  }
}
