package dev.flyline.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that another process opens a moment later. They are not of the kernel's choice:
 * those come from the range of connections, one of which may take the port in that moment.
 */
public final class FreePorts {

  /** Below the range from which any kernel takes the ports of connections. */
  private static final int FIRST = 20_000;

  /** How many ports each of the JVMs has that run tests at the same time. */
  private static final int MANY = 11_000 / Fork.MOST;

  private static final int OWN = FIRST + (Fork.number() - 1) % Fork.MOST * MANY;

  /** Nobody here gets a port twice, for it is not in use when it is given. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(MANY));

  private FreePorts() {}

  /** A port that is free on {@code host}, an address. */
  public static int one(String host) {
    return first(host, 1);
  }

  /** The first of {@code count} ports in a row that are free on {@code host}, an address. */
  public static int first(String host, int count) {
    for (int i = 0; i < MANY; i++) {
      int first = OWN + Math.floorMod(NEXT.getAndAdd(count), MANY - count + 1);
      int free = 0;
      while (free < count && canBind(host, first + free)) {
        free++;
      }
      if (free == count) {
        return first;
      }
    }
    throw new IllegalStateException("no " + count + " free ports in a row on " + host);
  }

  private static boolean canBind(String host, int port) {
    try (var probe = new Socket()) { // never listens: whoever waits for the server must not meet it
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port));
      return true;
    } catch (IOException _) { // somebody has it
      return false;
    }
  }
}
