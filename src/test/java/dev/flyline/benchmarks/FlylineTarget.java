package dev.flyline.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A router, and a nats-server of its own that brings it the lines. */
record FlylineTarget(Processes processes, NatsTarget upstream, RouterProcess router, Format format)
    implements Target {

  static FlylineTarget start(Processes processes, Map<String, String> settings, Format format)
      throws IOException, InterruptedException {
    NatsTarget upstream = NatsTarget.start(processes);
    RouterProcess router = RouterProcess.start(processes, "flyline", upstream.plain(), settings);
    router.awaitReady(processes);
    return new FlylineTarget(processes, upstream, router, format);
  }

  @Override
  public List<Share> shares() throws IOException {
    return List.of(Share.of(router.name(), router.process()));
  }

  @Override
  public long heapAfterCollection() throws IOException, InterruptedException {
    Heap.collect(router.process());
    return Heap.usedBytes(router.process());
  }

  @Override
  public Optional<Process> feeder() {
    return Optional.of(upstream.measured());
  }

  @Override
  public Optional<InetSocketAddress> nats() {
    return upstream.nats();
  }

  @Override
  public Handshake handshake(Load load) {
    return router.handshake(load::app, load.wish(), format);
  }

  @Override
  public void close() {
    processes.end(router.process());
    upstream.close();
  }
}
