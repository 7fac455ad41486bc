package dev.flyline.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A nats-server whose own WebSocket listener serves the viewers: the peer to compare with. */
record NatsTarget(
    Processes processes, Process measured, InetSocketAddress plain, InetSocketAddress webSocket)
    implements Target {

  private static final String NAME = "nats-server";

  static NatsTarget start(Processes processes) throws IOException, InterruptedException {
    InetSocketAddress plain = Target.freeAddress();
    InetSocketAddress webSocket = Target.freeAddress();
    // The load client answers no pings, hence the long interval.
    Path config =
        processes.file(
            "nats.conf",
            """
            listen: "%s"
            ping_interval: "2h"
            websocket {
              listen: "%s"
              no_tls: true
            }
            """
                .formatted(text(plain), text(webSocket)));
    Process process =
        processes.start(NAME, List.of("nats-server", "-c", config.toString()), Map.of());
    Target.await(
        NAME, process, processes, () -> Target.listens(plain) && Target.listens(webSocket));
    return new NatsTarget(processes, process, plain, webSocket);
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  @Override
  public List<Share> shares() throws IOException {
    return List.of(Share.of(NAME, measured));
  }

  @Override
  public Optional<Process> feeder() {
    return Optional.empty();
  }

  @Override
  public Optional<InetSocketAddress> nats() {
    return Optional.of(plain);
  }

  @Override
  public Handshake handshake(Load load) {
    return new Handshake(
        webSocket,
        true,
        (_, _) -> "/",
        (_, _) -> "",
        (viewer, app) -> subscribe(load.app(app), load.wish().subjects(viewer)));
  }

  private static List<String> subscribe(String app, List<String> subjects) {
    return Stream.concat(
            Stream.of("CONNECT {\"verbose\":false}\r\n"),
            IntStream.range(0, subjects.size())
                .mapToObj(i -> "SUB logs.%s.%s %d\r\n".formatted(app, subjects.get(i), i + 1)))
        .toList();
  }

  @Override
  public void close() {
    processes.end(measured);
  }
}
