package dev.flyline.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyline.log.AppName;
import dev.flyline.log.LogSubject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * An imagined app on Fly: its lines as Fly's NATS would bring them, the same for the same seed.
 *
 * <p>Used by one thread.
 */
final class FlyLines {

  /** The smallest size of payload that can be asked for: the rest of it with an empty message. */
  static final int MIN_SIZE = 300;

  private static final List<String> REGIONS =
      List.of("fra", "iad", "nrt", "syd", "gru", "ams", "sin", "jnb");
  private static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter NANOS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  /** A line as it is published. */
  record Line(LogSubject subject, String payload) {

    byte[] bytes() {
      return payload.getBytes(StandardCharsets.UTF_8);
    }
  }

  private record MadeUpMachine(String id, String region, String host) {}

  private final AppName app;
  private final List<MadeUpMachine> machines;
  private final int size;
  private final RandomGenerator random;
  private final FlyTexts texts;
  private final Queue<FlyTexts.Text> waiting = new ArrayDeque<>();
  private MadeUpMachine writer;

  /**
   * An app on {@code machines} machines.
   *
   * @param size what every payload has, in bytes, at least {@link #MIN_SIZE}; 0 for any
   */
  FlyLines(AppName app, int machines, int size, long seed) {
    if (machines < 1 || (size != 0 && size < MIN_SIZE)) {
      throw new IllegalArgumentException("machines or size: too small");
    }
    this.app = app;
    this.size = size;
    this.random = new SplittableRandom(seed ^ app.value().hashCode());
    this.texts = new FlyTexts(random);
    this.machines = IntStream.range(0, machines).mapToObj(this::machine).toList();
    this.writer = this.machines.getFirst();
  }

  /** The next line, written at {@code now}. */
  Line next(Instant now) {
    if (size != 0) {
      writer = pick();
      return line(fill(now), now);
    }
    if (waiting.isEmpty()) {
      writer = pick(); // what belongs together comes from one machine
      waiting.addAll(texts.next());
    }
    return line(waiting.remove(), now);
  }

  private Line line(FlyTexts.Text text, Instant now) {
    return new Line(new LogSubject(app, writer.region, writer.id), payload(text, now));
  }

  /** A text that makes the payload {@link #size} bytes long. */
  private FlyTexts.Text fill(Instant now) {
    int rest = size - payload(FlyTexts.Text.app(""), now).length();
    var message = new StringBuilder(rest);
    while (message.length() < rest) {
      message.append(Long.toString(random.nextLong(1L << 50), 36)).append(' ');
    }
    message.setLength(rest);
    return FlyTexts.Text.app(message.toString());
  }

  private String payload(FlyTexts.Text text, Instant now) {
    var out = new ByteArrayOutputStream(512);
    try (var json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeObjectFieldStart("event");
      json.writeStringField("provider", text.provider());
      json.writeEndObject();
      json.writeObjectFieldStart("fly");
      json.writeObjectFieldStart("app");
      json.writeStringField("instance", writer.id);
      json.writeStringField("name", app.value());
      json.writeEndObject();
      json.writeStringField("region", writer.region);
      json.writeEndObject();
      json.writeStringField("host", writer.host);
      json.writeObjectFieldStart("log");
      json.writeStringField("level", text.level());
      json.writeEndObject();
      json.writeStringField("message", text.message());
      json.writeStringField("timestamp", NANOS.format(now));
      if (text.status() != 0) {
        writeRequest(json, text.status());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot be: the stream is memory
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What the proxy adds about the request that it could not serve. */
  private void writeRequest(JsonGenerator json, int status) throws IOException {
    json.writeObjectFieldStart("error");
    json.writeStringField("code", "PU0" + (status - 500));
    json.writeStringField("message", "upstream did not answer");
    json.writeEndObject();
    json.writeObjectFieldStart("http");
    json.writeObjectFieldStart("request");
    json.writeStringField("id", Long.toString(random.nextLong(1L << 60), 32) + '-' + writer.region);
    json.writeStringField("method", "GET");
    json.writeStringField("version", "h2");
    json.writeEndObject();
    json.writeObjectFieldStart("response");
    json.writeNumberField("status_code", status);
    json.writeEndObject();
    json.writeEndObject();
    json.writeObjectFieldStart("url");
    json.writeStringField("full", "https://" + app + ".fly.dev/cart");
    json.writeEndObject();
  }

  private MadeUpMachine machine(int index) {
    String id = "%014x".formatted(random.nextLong(1L << 56));
    String host = "%04x".formatted(random.nextInt(1 << 16));
    return new MadeUpMachine(id, REGIONS.get(index % REGIONS.size()), host);
  }

  private MadeUpMachine pick() {
    return machines.get(random.nextInt(machines.size()));
  }
}
