package dev.flyline.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The values of all meters of one router. Every thread may count at any time: a counter is a {@link
 * java.util.concurrent.atomic.LongAdder} inside. Gauges are read on the thread that scrapes.
 */
public final class Meters {

  /** The content type of {@link #scrape}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** The label value under which a meter without a label is kept. */
  private static final String NO_LABEL = "";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Map<Meter, Points> counters = new EnumMap<>(Meter.class);
  private final Map<Meter, Map<String, List<LongSupplier>>> gauges = new EnumMap<>(Meter.class);

  /** Makes every meter, at zero. */
  public Meters() {
    for (Meter meter : Meter.values()) {
      switch (meter.kind()) {
        case COUNTER -> makeCounter(meter);
        case GAUGE -> makeGauge(meter);
      }
    }
    measureProcess();
  }

  /** What any Java program tells of itself, under the names that dashboards know. */
  private void measureProcess() {
    ProcessMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
  }

  /** Adds one to a counter without a label. */
  public void count(Meter meter) {
    add(meter, 1);
  }

  /** Adds {@code n}, which must not be negative, to a counter without a label. */
  public void add(Meter meter, long n) {
    point(meter, NO_LABEL).inc(n);
  }

  /** Adds one to the counter's value for {@code labelValue}, one of few. */
  public void count(Meter meter, String labelValue) {
    point(meter, labelValue).inc();
  }

  /** Adds {@code n}, which must not be negative, to the counter's value for {@code labelValue}. */
  public void add(Meter meter, String labelValue, long n) {
    point(meter, labelValue).inc(n);
  }

  /** Makes the counter's series of {@code labelValues}, so that they are there from the start. */
  public void begin(Meter meter, Stream<String> labelValues) {
    labelValues.forEach(value -> point(meter, value));
  }

  /**
   * Adds {@code supplier} to a gauge without a label: its value is the sum of all its suppliers.
   */
  public void gauge(Meter meter, LongSupplier supplier) {
    gauge(meter, NO_LABEL, supplier);
  }

  /** Adds {@code supplier} to the gauge's value for {@code labelValue}, the sum of all of its. */
  public void gauge(Meter meter, String labelValue, LongSupplier supplier) {
    Map<String, List<LongSupplier>> suppliers = gauges.get(meter);
    if (suppliers == null || meter.hasLabel() == labelValue.equals(NO_LABEL)) {
      throw new IllegalArgumentException(meter + ": not a gauge of this form");
    }
    suppliers.computeIfAbsent(labelValue, _ -> new CopyOnWriteArrayList<>()).add(supplier);
  }

  /** All meters in Prometheus' text format. */
  public String scrape() {
    var out = new ByteArrayOutputStream();
    try {
      writer.write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot be: the stream is memory
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private CounterDataPoint point(Meter meter, String labelValue) {
    Points points = counters.get(meter);
    if (points == null || meter.hasLabel() == labelValue.equals(NO_LABEL)) {
      throw new IllegalArgumentException(meter + ": not a counter of this form");
    }
    return points.at(labelValue);
  }

  private void makeCounter(Meter meter) {
    var builder = Counter.builder().name(meter.metric()).help(meter.help());
    builder.withoutExemplars();
    if (meter.hasLabel()) {
      builder.labelNames(meter.label().split(","));
    }
    Counter counter = builder.register(registry);
    var points = new Points(counter, new ConcurrentHashMap<>());
    if (!meter.hasLabel()) {
      points.byLabel().put(NO_LABEL, counter);
    }
    counters.put(meter, points);
  }

  private void makeGauge(Meter meter) {
    var suppliers = new ConcurrentHashMap<String, List<LongSupplier>>();
    gauges.put(meter, suppliers);
    var builder = GaugeWithCallback.builder().name(meter.metric()).help(meter.help());
    if (meter.hasLabel()) {
      builder
          .labelNames(meter.label())
          .callback(value -> suppliers.forEach((label, list) -> value.call(sum(list), label)));
    } else {
      builder.callback(value -> value.call(sum(suppliers.getOrDefault(NO_LABEL, List.of()))));
    }
    builder.register(registry);
  }

  private static double sum(List<LongSupplier> suppliers) {
    return suppliers.stream().mapToLong(LongSupplier::getAsLong).sum();
  }

  /** A counter and its values by label, kept since asking the counter itself makes garbage. */
  private record Points(Counter counter, Map<String, CounterDataPoint> byLabel) {

    CounterDataPoint at(String labelValue) {
      CounterDataPoint point = byLabel.get(labelValue);
      return point != null
          ? point
          : byLabel.computeIfAbsent(labelValue, value -> counter.labelValues(value.split(",", -1)));
    }
  }
}
