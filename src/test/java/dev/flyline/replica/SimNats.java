package dev.flyline.replica;

import dev.flyline.log.AppName;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Core NATS: brings each subscriber what is published from then on, in order, some time later. */
final class SimNats {

  private final Sim sim;
  private final Map<SimRouter, Connection> connections = new LinkedHashMap<>();
  private final Map<AppName, List<Machine>> machines = new HashMap<>();

  SimNats(Sim sim) {
    this.sim = sim;
  }

  /** What one machine has said. */
  static final class Machine {
    final List<byte[]> published = new ArrayList<>();

    /** The numbers of lines that some router never got, and was not told of. */
    final Set<Integer> lost = new HashSet<>();

    /** Whether the line of this number is {@code payload}. */
    boolean says(int number, byte[] payload) {
      return number < published.size() && Arrays.equals(published.get(number), payload);
    }

    /** Whether all lines from {@code number} on were lost, if there are any. */
    boolean isLostFrom(int number) {
      return IntStream.range(number, published.size()).allMatch(lost::contains);
    }
  }

  private static final class Connection {
    boolean away;
    long busyUntil;
    int losing; // so many lines are lost without a word
    final int lagMs; // how far its server is from those of the machines
    final Map<AppName, Subscription> subscriptions = new LinkedHashMap<>();

    Connection(int lagMs) {
      this.lagMs = lagMs;
    }

    Subscription of(AppName app) {
      return subscriptions.computeIfAbsent(app, _ -> new Subscription());
    }
  }

  private static final class Subscription {
    int number; // of the newest subscription or connection; older ones bring nothing more
    boolean wanted;
    boolean active;
  }

  private Connection of(SimRouter router) {
    return connections.computeIfAbsent(router, _ -> new Connection(sim.between(0, sim.farMs)));
  }

  /** The machines of {@code app}. */
  List<Machine> machines(AppName app) {
    return machines.computeIfAbsent(app, _ -> new ArrayList<>());
  }

  void subscribe(SimRouter router, AppName app) {
    Connection connection = of(router);
    Subscription subscription = connection.of(app);
    subscription.wanted = true;
    int number = ++subscription.number;
    sim.after(
        sim.between(1, 15),
        () -> {
          if (subscription.number == number && !connection.away) {
            subscription.active = true;
          }
          deliver(router, connection, subscription, () -> router.natsConfirmed(app));
        });
  }

  void unsubscribe(SimRouter router, AppName app) {
    Subscription subscription = of(router).of(app);
    subscription.wanted = false;
    subscription.active = false;
    subscription.number++;
  }

  void gone(SimRouter router) {
    connections.remove(router);
  }

  /** The connection of {@code router} breaks, and comes back in {@code ms}. */
  void disconnect(SimRouter router, int ms) {
    Connection connection = of(router);
    if (connection.away) {
      return;
    }
    sim.tell("NATS away from " + router.node + " for " + ms);
    connection.away = true;
    for (Subscription subscription : connection.subscriptions.values()) {
      subscription.active = false;
      subscription.number++;
    }
    router.inbox(router::natsLost);
    sim.after(ms, () -> connectAgain(router, connection));
  }

  private void connectAgain(SimRouter router, Connection connection) {
    connection.away = false;
    router.inbox(router::natsBack);
    connection.subscriptions.forEach(
        (app, subscription) -> {
          if (subscription.wanted) {
            subscription.active = true;
            var mark = new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, 0);
            deliver(router, connection, subscription, () -> router.natsBrought(app, mark));
          }
        });
  }

  /** The next {@code count} lines do not reach {@code router}, and nobody says so. */
  void lose(SimRouter router, int count) {
    sim.tell("NATS loses " + count + " lines to " + router.node);
    of(router).losing = count;
  }

  void publish(AppName app, int machine, byte[] payload) {
    List<Machine> all = machines(app);
    while (all.size() <= machine) {
      all.add(new Machine());
    }
    Machine its = all.get(machine);
    var line = new LogLine("r", "m" + machine, payload, its.published.size());
    its.published.add(payload);
    connections.forEach(
        (router, connection) -> {
          Subscription subscription = connection.of(app);
          sim.after(
              connection.lagMs,
              () -> {
                if (subscription.active && connection.losing > 0) {
                  connection.losing--;
                  its.lost.add((int) line.arrivedMs());
                } else if (subscription.active) {
                  deliver(router, connection, subscription, () -> router.natsBrought(app, line));
                }
              });
        });
  }

  private void deliver(
      SimRouter router, Connection connection, Subscription subscription, Runnable what) {
    int number = subscription.number;
    long at = Math.max(sim.nowMs + sim.between(1, 25), connection.busyUntil);
    connection.busyUntil = at;
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
