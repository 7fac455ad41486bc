package dev.flyline.it;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A whole HTTP answer. */
record HttpAnswer(HttpHead head, String body) {

  /** Reads the body that belongs to {@code head} to its end. */
  static HttpAnswer read(HttpHead head, ByteReader wire, Deadline deadline) throws IOException {
    if (!head.chunked()) {
      int length = head.contentLength();
      wire.need(length, deadline);
      return new HttpAnswer(head, new String(wire.take(length), StandardCharsets.UTF_8));
    }
    var body = new ByteArrayOutputStream();
    var chunks = new ChunkedReader(wire);
    while (chunks.has(1, deadline)) {
      body.writeBytes(chunks.take(chunks.available()));
    }
    return new HttpAnswer(head, body.toString(StandardCharsets.UTF_8));
  }

  int status() {
    return head.status();
  }

  Optional<String> header(String name) {
    return head.header(name);
  }

  JsonObject json() {
    return new JsonObject(body);
  }

  /** The {@code code} of a problem body. */
  String code() {
    return json().getString("code", "(none)");
  }
}
