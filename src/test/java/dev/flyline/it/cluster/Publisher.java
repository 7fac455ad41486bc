package dev.flyline.it.cluster;

import dev.flyline.it.TestNats;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes a load's lines at its rate, apps and machines in turn. Every line says its app, its
 * machine and its number there, so each is unlike every other.
 */
final class Publisher {

  private static final long TICK_NS = 5_000_000;

  /** After a pause of the whole machine it goes on at its rate instead of catching up. */
  private static final long MAX_TICK_NS = 50_000_000;

  private static final String PAD = " of some hundred bytes, as most lines are".repeat(2);

  private final TestNats nats;
  private final Plan plan;
  private final AtomicLongArray published; // by app and machine
  private final Thread thread;
  private volatile boolean running;
  private volatile long sinceNs;

  Publisher(TestNats nats, Plan plan) {
    this.nats = nats;
    this.plan = plan;
    published = new AtomicLongArray(plan.apps() * plan.machines());
    thread = Thread.ofPlatform().daemon().name("publisher").unstarted(this::run);
  }

  void start() {
    sinceNs = System.nanoTime();
    running = true;
    thread.start();
  }

  private void run() {
    long lastNs = System.nanoTime();
    double due = 0;
    int next = 0;
    while (running) {
      LockSupport.parkNanos(TICK_NS);
      long nowNs = System.nanoTime();
      due += Math.min(MAX_TICK_NS, nowNs - lastNs) * 1e-9 * plan.rate();
      lastNs = nowNs;
      for (; due >= 1; due--) {
        publish(next);
        next = (next + 1) % published.length();
      }
      nats.flush();
    }
  }

  private void publish(int index) {
    int app = index % plan.apps();
    int machine = index / plan.apps();
    int cell = app * plan.machines() + machine;
    long n = published.get(cell) + 1;
    String name = plan.app(app);
    String payload = "{\"message\":\"" + name + ' ' + machine + ' ' + n + PAD + "\"}";
    nats.send("logs." + name + ".fra.machine" + machine, payload.getBytes(StandardCharsets.UTF_8));
    published.set(cell, n);
  }

  /** Publishes no more, and returns when NATS has all. */
  void stop() {
    running = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  boolean isRunning() {
    return running;
  }

  /** When publishing began. */
  long sinceNs() {
    return sinceNs;
  }

  /** How many lines each machine of the app has published. */
  long[] of(int app) {
    long[] counts = new long[plan.machines()];
    for (int m = 0; m < counts.length; m++) {
      counts[m] = published.get(app * plan.machines() + m);
    }
    return counts;
  }
}
