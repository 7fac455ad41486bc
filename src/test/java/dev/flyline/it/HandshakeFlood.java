package dev.flyline.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Handshakes at a steady rate from many addresses of the loopback, each with another token. It
 * slows down when too many wait for their answer, so that it measures the router and not a pile of
 * them.
 */
final class HandshakeFlood implements AutoCloseable {

  /** Stands for a connection that broke, or that the kernel had no port for. */
  static final int NO_ANSWER = -1;

  private static final int TICK_MS = 2;
  private static final int READ_MS = 10_000;
  private static final int AT_ONCE = 256;

  private final int port;
  private final List<String> requests;
  private final int addresses;
  private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  private HandshakeFlood(int port, List<String> requests, int addresses) {
    this.port = port;
    this.requests = List.copyOf(requests);
    this.addresses = addresses;
  }

  static HandshakeFlood start(int port, List<String> requests, int addresses, int perSecond) {
    var flood = new HandshakeFlood(port, requests, addresses);
    int perTick = perSecond * TICK_MS / 1_000;
    var _ =
        flood.clock.scheduleAtFixedRate(
            () -> flood.tick(perTick), 0, TICK_MS, TimeUnit.MILLISECONDS);
    return flood;
  }

  private void tick(int count) {
    for (int i = 0; i < count && places.tryAcquire(); i++) {
      int n = next.getAndIncrement();
      clients.execute(() -> shake(n));
    }
  }

  private void shake(int n) {
    int from = n % addresses;
    var local = InetAddress.ofLiteral("127.1." + from / 250 + "." + (1 + from % 250));
    try (var socket = new Socket()) {
      socket.setSoTimeout(READ_MS);
      socket.bind(new InetSocketAddress(local, 0));
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), READ_MS);
      String request = requests.get(n % requests.size());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      byte[] head = socket.getInputStream().readNBytes("HTTP/1.1 401".length());
      count(Integer.parseInt(new String(head, StandardCharsets.US_ASCII).substring(9)));
    } catch (IOException _) {
      count(NO_ANSWER);
    } finally {
      places.release();
    }
  }

  private void count(int status) {
    answers.computeIfAbsent(status, _ -> new LongAdder()).increment();
  }

  /** Waits for the handshakes that have begun, and returns how many got which status. */
  Map<Integer, Long> stop() {
    close();
    var counted = new TreeMap<Integer, Long>();
    answers.forEach((status, count) -> counted.put(status, count.sum()));
    return counted;
  }

  @Override
  public void close() {
    clock.close();
    clients.close();
  }
}
