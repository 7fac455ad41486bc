package dev.flyline.benchmarks;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where connections leave from: for each an address and port of the loopback that this process has
 * not used yet.
 *
 * <p>The kernel would find a port, too, but with tens of thousands of connections, those of earlier
 * runs that are not quite closed among them, it searches for so long that a benchmark of connects
 * measures little else.
 */
final class LocalPorts {

  /** Below those that the kernel gives to others by itself. */
  private static final int FIRST = 10_000;

  private static final int PER_ADDRESS = 20_000;

  /** Of the 16 million of the loopback, without those that are in use everywhere. */
  private static final int ADDRESSES = 0xfe_0000;

  private static final int TRIES = 1_000;

  /** By chance, so that two processes are not likely to begin at the same. */
  private static final int FIRST_ADDRESS = ThreadLocalRandom.current().nextInt(ADDRESSES);

  private static final AtomicInteger used = new AtomicInteger();

  private LocalPorts() {}

  /** Lets {@code socket} leave from the next one. */
  static void bind(SocketChannel socket) throws IOException {
    for (int i = 0; ; i++) {
      try {
        socket.bind(next());
        return;
      } catch (BindException e) { // another process has it
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  private static InetSocketAddress next() throws IOException {
    int n = used.getAndIncrement();
    int address = (FIRST_ADDRESS + n / PER_ADDRESS) % ADDRESSES;
    byte[] bytes = {127, (byte) (1 + (address >> 16)), (byte) (address >> 8), (byte) address};
    return new InetSocketAddress(InetAddress.getByAddress(bytes), FIRST + n % PER_ADDRESS);
  }
}
