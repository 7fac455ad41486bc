package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.stream.ndjson.EnvelopeEncoder;
import dev.flyline.stream.ndjson.NdjsonEncoder;
import dev.flyline.stream.sse.SseEncoder;
import dev.flyline.stream.ws.FlylineEncoder;
import dev.flyline.stream.ws.VerbatimEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Every form that a program reads: its encoder, a client for it, and what the client is due. */
enum WireFormat {
  WS_VERBATIM(VerbatimEncoder.INSTANCE, false) {
    @Override
    List<Told> decode(byte[] bytes) {
      return Decoders.webSocket(bytes).stream().map(m -> verbatim(m, Decoders.strict(m))).toList();
    }

    @Override
    String value(byte[] payload, boolean object) {
      return Whatwg.decode(payload);
    }
  },
  WS_FLYLINE(FlylineEncoder.INSTANCE, true) {
    @Override
    List<Told> decode(byte[] bytes) {
      return Decoders.webSocket(bytes).stream().flatMap(m -> Decoders.frame(m).stream()).toList();
    }

    @Override
    String value(byte[] payload, boolean object) {
      String text = Whatwg.decode(payload);
      return object ? text.strip() : text;
    }
  },
  SSE(SseEncoder.INSTANCE, true) {
    @Override
    List<Told> decode(byte[] bytes) {
      Decoders.strict(bytes);
      return Whatwg.eventSource(bytes).events().stream().map(WireFormat::event).toList();
    }

    @Override
    String value(byte[] payload, boolean object) {
      return Whatwg.decode(payload).replaceAll("\r\n|\r", "\n");
    }
  },
  NDJSON(NdjsonEncoder.INSTANCE, false) {
    @Override
    List<Told> decode(byte[] bytes) {
      return Decoders.lines(bytes).stream().map(m -> verbatim(m, Decoders.value(m))).toList();
    }

    @Override
    String value(byte[] payload, boolean object) {
      return onOneLine(payload, object);
    }
  },
  NDJSON_ENVELOPE(EnvelopeEncoder.INSTANCE, true) {
    @Override
    List<Told> decode(byte[] bytes) {
      return Decoders.lines(bytes).stream().flatMap(m -> Decoders.frame(m).stream()).toList();
    }

    @Override
    String value(byte[] payload, boolean object) {
      return onOneLine(payload, object);
    }
  };

  private static final String ASIDE = "{\"flyline\":";

  @SuppressWarnings("ImmutableEnumChecker") // encoders have no state
  final StreamEncoder encoder;

  private final boolean positions;

  WireFormat(StreamEncoder encoder, boolean positions) {
    this.encoder = encoder;
    this.positions = positions;
  }

  /** What a client of this format is told by {@code bytes}. */
  abstract List<Told> decode(byte[] bytes);

  /** What a client should get of a payload. */
  abstract String value(byte[] payload, boolean object);

  /** What a client that passes {@code filter} should be told of {@code batch}. */
  List<Told> due(LogBatch batch, LineFilter filter) {
    var due = new ArrayList<Told>();
    for (long seq = batch.firstSeq(); seq <= batch.lastSeq(); seq++) {
      String at = batch.epoch() + ":" + seq;
      switch (batch.entry(seq)) {
        case LogLine line -> {
          if (filter.passes(line)) {
            boolean object = isKnownObject(line.payload());
            due.add(new Told.Line(positions ? at : "", value(line.payload(), object)));
          }
        }
        case Mark mark -> {
          String count = mark.lines() < 0 ? "null" : Long.toString(mark.lines());
          due.add(new Told.Missing(at, at, count, mark.cause().wireName()));
        }
      }
    }
    return due;
  }

  private static boolean isKnownObject(byte[] payload) {
    return Samples.hostile().stream()
        .filter(hostile -> Arrays.equals(hostile.payload(), payload))
        .findFirst()
        .orElseThrow()
        .object();
  }

  private static String onOneLine(byte[] payload, boolean object) {
    String text = Whatwg.decode(payload);
    return object ? text.replaceAll("[\r\n]", " ").strip() : text;
  }

  private static Told verbatim(byte[] message, String value) {
    String text = new String(message, UTF_8);
    if (!text.startsWith(ASIDE)) {
      return new Told.Line("", value);
    }
    byte[] frame = text.substring(ASIDE.length(), text.length() - 1).getBytes(UTF_8);
    return Decoders.frame(frame).getFirst();
  }

  private static Told event(Whatwg.Event event) {
    return Stream.of(event)
        .filter(e -> !e.type().equals("message"))
        .map(e -> Decoders.frame(e.data().getBytes(UTF_8)).getFirst())
        .findFirst()
        .orElseGet(() -> new Told.Line(event.lastEventId(), event.data()));
  }
}
