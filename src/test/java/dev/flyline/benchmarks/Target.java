package dev.flyline.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A server under measurement, started for one run. */
interface Target extends AutoCloseable {

  /** The process whose CPU time and memory are the result. */
  Process measured();

  /** The NATS server that only brings the lines, when there is one beside the measured process. */
  Optional<Process> feeder();

  /** Where lines are published, or empty when the server makes its own. */
  Optional<InetSocketAddress> nats();

  Handshake handshake();

  @Override
  void close();

  static InetSocketAddress freeAddress() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return local(socket.getLocalPort());
    }
  }

  static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** Waits until the server's own sign says that it is ready; an exception if it ends or delays. */
  static void await(String name, Process process, Processes processes, BooleanSupplier ready)
      throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + 30_000_000_000L;
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
