package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Strict clients, each for one framing; they fail on anything that a real client might refuse. */
public final class Decoders {

  private static final JsonFactory JSON = new JsonFactory();

  private Decoders() {}

  /** The messages in server frames of a WebSocket: unmasked text in one frame each, in UTF-8. */
  public static List<byte[]> webSocket(byte[] bytes) {
    var messages = new ArrayList<byte[]>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      check(in.get() == (byte) 0x81, "FIN and text");
      int code = in.get();
      check(code >= 0, "no mask");
      long length = code < 126 ? code : code == 126 ? in.getShort() & 0xFFFF : in.getLong();
      check(code < 126 || length >= (code == 126 ? 126 : 65_536), "the shortest length");
      byte[] message = new byte[Math.toIntExact(length)];
      in.get(message);
      strict(message);
      messages.add(message);
    }
    return messages;
  }

  /** The lines of a body, each ended by LF alone. */
  public static List<byte[]> lines(byte[] bytes) {
    String text = strict(bytes);
    check(text.isEmpty() || text.endsWith("\n"), "ends with LF");
    check(text.indexOf('\r') < 0, "no CR");
    List<String> lines = List.of(text.split("\n", -1));
    return lines.subList(0, lines.size() - 1).stream().map(line -> line.getBytes(UTF_8)).toList();
  }

  /** What a flyline.v1 frame tells; in {@code lines} an object is told as the bytes that stood. */
  public static List<Told> frame(byte[] frame) {
    try (JsonParser json = JSON.createParser(frame)) {
      var reader = new FrameReader(frame, json);
      check(json.nextToken() == JsonToken.START_OBJECT, "an object");
      List<Told> told = reader.told();
      check(json.nextToken() == null, "nothing after it");
      return told;
    } catch (IOException e) {
      throw new UncheckedIOException(strict(frame), e);
    }
  }

  /** A JSON value: the object as it stood, or what a JSON string says. */
  public static String value(byte[] bytes) {
    try (JsonParser json = JSON.createParser(bytes)) {
      json.nextToken();
      String value = valueAt(bytes, json);
      check(json.nextToken() == null, "nothing after it");
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(strict(bytes), e);
    }
  }

  /** Text that must be UTF-8. */
  public static String strict(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String valueAt(byte[] bytes, JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    check(json.currentToken() == JsonToken.START_OBJECT, "a string or an object");
    int start = (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    int end = (int) json.currentLocation().getByteOffset();
    return strict(Arrays.copyOfRange(bytes, start, end));
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("expected: " + what);
    }
  }

  /** Reads the members of one frame. */
  private static final class FrameReader {
    private final byte[] frame;
    private final JsonParser json;
    private final List<String> values = new ArrayList<>();
    private final List<Long> seqs = new ArrayList<>();
    private final Map<String, String> members = new HashMap<>();

    FrameReader(byte[] frame, JsonParser json) {
      this.frame = frame;
      this.json = json;
    }

    List<Told> told() throws IOException {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        switch (name) {
          case "lines" -> {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              values.add(valueAt(frame, json));
            }
          }
          case "seqs" -> {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              seqs.add(json.getLongValue());
            }
          }
          default -> check(members.put(name, json.getText()) == null, "a member once");
        }
      }
      return switch (member("type")) {
        case "logs" -> logs();
        case "gap" -> List.of(missing());
        default -> List.of(new Told.Other(strict(frame)));
      };
    }

    private String member(String name) {
      return Objects.requireNonNull(members.get(name), name);
    }

    private Told missing() {
      check(Samples.SHOP.value().equals(member("app")), "the app");
      return new Told.Missing(member("from"), member("to"), member("count"), member("cause"));
    }

    private List<Told> logs() {
      check(Samples.SHOP.value().equals(member("app")), "the app");
      check(seqs.isEmpty() == members.containsKey("seq"), "seq or seqs");
      check(!values.isEmpty(), "at least one line");
      check(seqs.isEmpty() || seqs.size() == values.size(), "a seq for every line");
      var told = new ArrayList<Told>();
      for (int i = 0; i < values.size(); i++) {
        long seq = seqs.isEmpty() ? Long.parseLong(member("seq")) + i : seqs.get(i);
        told.add(new Told.Line(member("epoch") + ":" + seq, values.get(i)));
      }
      return told;
    }
  }
}
