package dev.flyline.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  public Handshake handshake() {
    return new Handshake(
        webSocket,
        _ -> "/",
        _ -> "",
        app ->
            List.of("CONNECT {\"verbose\":false}\r\n", "SUB logs." + Load.app(app) + ".> 1\r\n"));
  }

  @Override
  public void close() {
    processes.end(measured);
  }
}
