package dev.flyline.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** The meters that the JVM itself answers. */
final class ProcessMeters {

  private static final Map<Meter, DoubleSupplier> SUPPLIERS =
      Map.of(
          Meter.HEAP_USED,
          () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
          Meter.HEAP_MAX,
          () -> Runtime.getRuntime().maxMemory(),
          Meter.CPU_TIME,
          ProcessMeters::cpuSeconds,
          Meter.START_TIME,
          () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);

  private ProcessMeters() {}

  static boolean measures(Meter meter) {
    return SUPPLIERS.containsKey(meter);
  }

  static void register(Meter meter, PrometheusRegistry registry) {
    DoubleSupplier supplier = SUPPLIERS.getOrDefault(meter, () -> 0);
    switch (meter.kind()) {
      case COUNTER ->
          CounterWithCallback.builder()
              .name(meter.metric())
              .help(meter.help())
              .callback(value -> value.call(supplier.getAsDouble()))
              .register(registry);
      case GAUGE ->
          GaugeWithCallback.builder()
              .name(meter.metric())
              .help(meter.help())
              .callback(value -> value.call(supplier.getAsDouble()))
              .register(registry);
    }
  }

  private static double cpuSeconds() {
    Duration time = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return time.toNanos() / 1e9;
  }
}
