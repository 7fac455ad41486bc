package dev.flyline.it.cluster;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries packets between hosts, whole or not at all: it can delay them, lose them, and answer with
 * resets as a firewall that forgot a connection does.
 *
 * <p>One thread does it all; others set what it is to do in volatile fields.
 */
final class Switch implements AutoCloseable {

  private static final int LONGEST_REST_MS = 20;

  /** Longer than any pause between two packets of a connection that is looked after. */
  private static final Duration RESET_TIME = Duration.ofMillis(2_500);

  private final List<Tun> tuns;
  private final Queue<Late> late = new ArrayDeque<>();
  private final Set<String> spared = new HashSet<>();
  private final Set<String> reset = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile long delayNs;
  private volatile int cutOff;
  private volatile Resets resets = Resets.NONE;
  private volatile boolean closed;

  /** A packet on its way. */
  private record Late(Packet packet, int host, long dueNs) {}

  /** Whose connections are to be reset. */
  private record Resets(int one, int other, int port) {
    static final Resets NONE = new Resets(0, 0, 0);

    boolean concern(Packet packet, int from, int to) {
      return ((from == one && to == other) || (from == other && to == one))
          && packet.isTcp()
          && packet.isOfPort(port);
    }
  }

  /** The hosts are counted from 1, as their addresses end. */
  Switch(List<Tun> tuns) {
    this.tuns = List.copyOf(tuns);
    thread = Thread.ofPlatform().daemon().name("switch").start(this::run);
  }

  void delay(Duration eachWay) {
    delayNs = eachWay.toNanos();
  }

  void cutOff(int host) {
    cutOff = host;
  }

  void heal() {
    cutOff = 0;
    delayNs = 0;
  }

  /** Resets each connection of this port between the two; returns how many there were. */
  int reset(int one, int other, int port) {
    reset.clear();
    resets = new Resets(one, other, port);
    LockSupport.parkNanos(RESET_TIME.toNanos());
    resets = Resets.NONE;
    return reset.size();
  }

  private void run() {
    while (!closed) {
      Tun.await(tuns, restMs());
      for (int i = 0; i < tuns.size(); i++) {
        byte[] bytes = tuns.get(i).read();
        while (bytes.length > 0) {
          take(new Packet(bytes), i + 1);
          bytes = tuns.get(i).read();
        }
      }
      deliverLate();
    }
    tuns.forEach(Tun::close);
  }

  private int restMs() {
    Late next = late.peek();
    if (next == null) {
      return LONGEST_REST_MS;
    }
    long leftMs = TimeUnit.NANOSECONDS.toMillis(next.dueNs() - System.nanoTime()) + 1;
    return Math.clamp(leftMs, 0, LONGEST_REST_MS);
  }

  private void take(Packet packet, int from) {
    int to = packet.host();
    if (to < 1 || to > tuns.size() || from == cutOff || to == cutOff) {
      return;
    }
    if (resets.concern(packet, from, to) && isReset(packet, from, to)) {
      return;
    }
    send(packet, to);
  }

  /** A connection that began after the resets did is a new one, and spared. */
  private boolean isReset(Packet packet, int from, int to) {
    String connection = packet.connection();
    if (packet.beginsConnection()) {
      spared.add(connection);
    }
    if (spared.contains(connection)) {
      return false;
    }
    reset.add(connection);
    send(packet.resetForReceiver(), to);
    send(packet.resetForSender(), from);
    return true;
  }

  private void send(Packet packet, int to) {
    if (delayNs == 0 && late.isEmpty()) {
      tuns.get(to - 1).write(packet.bytes());
    } else {
      late.add(new Late(packet, to, System.nanoTime() + delayNs));
    }
  }

  private void deliverLate() {
    long nowNs = System.nanoTime();
    while (!late.isEmpty() && late.peek().dueNs() - nowNs <= 0) {
      Late due = late.remove();
      tuns.get(due.host() - 1).write(due.packet().bytes());
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
