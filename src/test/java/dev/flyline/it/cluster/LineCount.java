package dev.flyline.it.cluster;

import dev.flyline.bus.LogBus;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the lines and marks of an app: the example of docs/architecture.md. */
final class LineCount extends VerticleBase {

  final AtomicLong count = new AtomicLong();

  @Override
  public Future<?> start() {
    return vertx
        .eventBus()
        .<LogBatch>localConsumer(
            LogBus.address(new AppName("shop")), batch -> count.addAndGet(batch.body().size()))
        .completion();
  }
}
