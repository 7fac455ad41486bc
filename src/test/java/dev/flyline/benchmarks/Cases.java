package dev.flyline.benchmarks;

import dev.flyline.benchmarks.FanOutCase.Work;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All parts of the benchmark, in the order in which they run. */
final class Cases {

  /** The unfiltered load beside which the filtered ones stand. */
  static final Load UNFILTERED = Load.ALL.get(1);

  static final Load NARROW = UNFILTERED.with("filters-narrow", Wish.NARROW);
  static final Load WIDE = UNFILTERED.with("filters-wide", Wish.WIDE);
  static final Load SLOW = UNFILTERED.with("slow", Wish.SLOW);

  static final Load STAYING = Load.ALL.getFirst().with("no-reconnects", Wish.RECENT);
  static final Load COMING = Load.ALL.getFirst().with("reconnects", Wish.RECENT);
  static final int RECONNECTS = 500;

  static final Load QUIET = new Load("quiet", 200, 200, 2_000);
  static final Load QUIET_FLOODED = QUIET.named("quiet-flooded", "app");
  static final Load FLOOD = new Load("flood", 1, 1, 50_000).named("flood", "flood");
  static final Load QUIET_SWAMPED = QUIET.named("quiet-swamped", "app");

  /** More than a router delivers: lines of this app are lost, and must be no other's. */
  static final Load SWAMP = new Load("swamp", 1, 1, 350_000).named("swamp", "flood");

  private static final List<Server> PEERS = List.of(Server.NATS, Server.FLYLINE);
  private static final List<Server> ROUTER = List.of(Server.FLYLINE);

  /** Run only when asked for. */
  static final Case SOAK =
      new SoakCase("soak", "half load for --soak, such as 30m; not by default");

  private static final Stream<Case> OTHERS =
      Stream.of(
          new FanOutCase(
              "filters",
              "1,000 viewers with 20 filters by region and machine, narrow and wide",
              List.of(Work.of(NARROW), Work.of(WIDE)),
              PEERS),
          new FanOutCase(
              "slow", "1,000 viewers, 5 % of them too slow", List.of(Work.of(SLOW)), PEERS),
          new FanOutCase(
              "reconnects",
              "500 viewers a second come back and want 100 recent lines",
              List.of(Work.of(STAYING), new Work(COMING, Optional.empty(), RECONNECTS)),
              ROUTER),
          new FanOutCase(
              "flood",
              "200 quiet apps without and with another app of 50,000 lines/s",
              List.of(Work.of(QUIET), new Work(QUIET_FLOODED, Optional.of(FLOOD), 0)),
              PEERS),
          new FanOutCase(
              "swamp",
              "200 quiet apps without and with another app of 350,000 lines/s",
              List.of(Work.of(QUIET), new Work(QUIET_SWAMPED, Optional.of(SWAMP), 0)),
              ROUTER),
          new IdleCase("idle-one-app", "viewers of one app to whom nothing comes", false),
          new IdleCase("idle-many-apps", "the same, each of another app", true),
          new StartCase("start", "from the start of a router to the first line"),
          SOAK);

  /** In the order in which they run. */
  static final List<Case> ALL = Stream.concat(Load.ALL.stream().map(Cases::plain), OTHERS).toList();

  private Cases() {}

  private static Case plain(Load load) {
    return new FanOutCase(
        load.name(), load.description(), List.of(Work.of(load)), List.of(Server.values()));
  }
}
