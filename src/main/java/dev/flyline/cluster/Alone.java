package dev.flyline.cluster;

import dev.flyline.log.Member;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Consumer;

/** A router without peers: a plain Vert.x, and nobody to send to. */
record Alone(Vertx vertx, Member self) implements Cluster {

  static Cluster start(ClusterConfig config, String node, VertxOptions options, Meters meters) {
    meters.gauge(Meter.CLUSTER_MEMBERS, () -> 1);
    return new Alone(Vertx.vertx(options), new Member(node, config.address(), config.region()));
  }

  @Override
  public List<Member> members() {
    return List.of(self);
  }

  @Override
  public void onMembers(Consumer<List<Member>> listener) {}

  @Override
  public void send(String node, Buffer message) {}

  @Override
  public void receive(Handler<Buffer> handler) {}

  @Override
  public void onFailure(Consumer<String> listener) {}

  @Override
  public Future<Void> lost() {
    return Promise.<Void>promise().future(); // never: there is nothing to lose
  }

  @Override
  public Future<Void> leave() {
    return vertx.close();
  }
}
