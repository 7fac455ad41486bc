package dev.flyline.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.flyline.log.LogLine;
import dev.flyline.log.Sample;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Whether a payload of 300 bytes is a JSON object: our scan beside Jackson's parser. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonObjectsBenchmark {

  private static final JsonFactory JACKSON = new JsonFactory();

  private final byte[] payload = ((LogLine) Sample.lines(1).getFirst()).payload();

  /** One pass over the bytes, which checks UTF-8 too. */
  @Benchmark
  public boolean ours() {
    return JsonObjects.isObject(payload);
  }

  /** All tokens; strings that are only passed over are not checked. */
  @Benchmark
  public boolean jacksonTokens() throws IOException {
    try (JsonParser parser = JACKSON.createParser(payload)) {
      boolean object = parser.nextToken() == JsonToken.START_OBJECT;
      while (parser.nextToken() != null) {}
      return object;
    }
  }

  /** All tokens, and every string decoded, which finds bad UTF-8 and bad escapes. */
  @Benchmark
  public int jacksonStrict() throws IOException {
    int length = 0;
    try (JsonParser parser = JACKSON.createParser(payload)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          length += parser.getTextLength();
        }
      }
    }
    return length;
  }
}
