package dev.flyline.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@link FloorServer}: what the same deliveries cost when a server does nothing but write. */
record FloorTarget(Processes processes, Process measured, InetSocketAddress address)
    implements Target {

  private static final String NAME = "floor";

  static FloorTarget start(Processes processes, Load load)
      throws IOException, InterruptedException {
    InetSocketAddress address = Target.freeAddress();
    Process process =
        processes.start(
            NAME,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                FloorServer.class.getName(),
                Integer.toString(address.getPort()),
                load.name()),
            Map.of());
    Target.await(NAME, process, processes, () -> Target.listens(address));
    return new FloorTarget(processes, process, address);
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
    return Optional.empty();
  }

  @Override
  public Handshake handshake(Load load) {
    return Handshake.plain(address, (_, app) -> load.app(app));
  }

  @Override
  public void close() {
    processes.end(measured);
  }
}
