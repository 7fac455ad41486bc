package dev.flyline.replica;

import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Core NATS: brings each subscriber what is published from then on, in order, some time later. */
final class SimNats {

  private final Sim sim;
  private final Map<SimRouter, Subscription> subscriptions = new LinkedHashMap<>();
  final List<List<String>> published = new ArrayList<>(); // of each machine

  SimNats(Sim sim) {
    this.sim = sim;
  }

  private static final class Subscription {
    int number; // of the newest subscription or connection; older ones bring nothing more
    boolean wanted;
    boolean active;
    boolean away;
    long busyUntil;
    final int lagMs; // how far its server is from those of the machines

    Subscription(int lagMs) {
      this.lagMs = lagMs;
    }
  }

  private Subscription of(SimRouter router) {
    return subscriptions.computeIfAbsent(router, _ -> new Subscription(sim.between(0, sim.farMs)));
  }

  void subscribe(SimRouter router) {
    Subscription subscription = of(router);
    subscription.wanted = true;
    int number = ++subscription.number;
    sim.after(
        sim.between(1, 15),
        () -> {
          if (subscription.number == number && !subscription.away) {
            subscription.active = true;
          }
          deliver(router, subscription, router::natsConfirmed);
        });
  }

  void unsubscribe(SimRouter router) {
    Subscription subscription = of(router);
    subscription.wanted = false;
    subscription.active = false;
    subscription.number++;
  }

  void gone(SimRouter router) {
    subscriptions.remove(router);
  }

  /** The connection of {@code router} breaks, and comes back in {@code ms}. */
  void disconnect(SimRouter router, int ms) {
    Subscription subscription = of(router);
    if (subscription.away) {
      return;
    }
    sim.tell("NATS away from " + router.node + " for " + ms);
    subscription.away = true;
    subscription.active = false;
    subscription.number++;
    router.inbox(router::natsLost);
    sim.after(
        ms,
        () -> {
          subscription.away = false;
          router.inbox(router::natsBack);
          if (subscription.wanted) {
            subscription.active = true;
            deliver(
                router,
                subscription,
                () -> router.natsBrought(new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, 0)));
          }
        });
  }

  void publish(int machine, String payload) {
    while (published.size() <= machine) {
      published.add(new ArrayList<>());
    }
    int number = published.get(machine).size();
    published.get(machine).add(payload);
    byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
    subscriptions.forEach(
        (router, subscription) ->
            sim.after(
                subscription.lagMs,
                () -> {
                  if (subscription.active) {
                    var line = new LogLine("r", "m" + machine, bytes, number);
                    deliver(router, subscription, () -> router.natsBrought(line));
                  }
                }));
  }

  private void deliver(SimRouter router, Subscription subscription, Runnable what) {
    int number = subscription.number;
    long at = Math.max(sim.nowMs + sim.between(1, 25), subscription.busyUntil);
    subscription.busyUntil = at;
    sim.after(
        at - sim.nowMs,
        () ->
            router.inbox(
                () -> {
                  if (subscription.number == number) {
                    what.run();
                  }
                }));
  }
}
