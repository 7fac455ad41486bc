package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams are good citizens of HTTP: connections are used again, and old clients understood. */
@Timeout(300)
final class ConnectionIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  @Test
  void connection_isUsedAgainAfterStreamsAndRefusals() throws IOException {
    Lines.history(kit.nats(), kit.router(), app, 1, 5);
    Ask good = Ask.app(app, Transport.NDJSON).token(Tokens.of(app)).with("follow", "false");
    Ask refused = good.with("tail", "x");
    try (Wire wire = Wire.connect(kit.router().httpPort())) {
      for (int i = 0; i < 3; i++) {
        assertThat(exchange(wire, good).body()).contains("line 1").contains("line 5");
        assertThat(exchange(wire, refused).status()).isEqualTo(400);
        assertThat(exchange(wire, Ask.plainGet("/v1/apps")).status()).isEqualTo(401);
      }
    }
  }

  private static HttpAnswer exchange(Wire wire, Ask ask) throws IOException {
    wire.send(ask.request());
    return HttpAnswer.read(HttpHead.read(wire, Deadline.soon()), wire, Deadline.soon());
  }

  @Test
  void requests_thatComeAllAtOnceAreAnsweredInOrder() throws IOException {
    Lines.history(kit.nats(), kit.router(), app, 1, 5);
    Ask good = Ask.app(app, Transport.NDJSON).token(Tokens.of(app)).with("follow", "false");
    try (Wire wire = Wire.connect(kit.router().httpPort())) {
      wire.send(good.request() + Ask.plainGet("/v1/apps").request() + good.request());

      for (int status : new int[] {200, 401, 200}) {
        HttpHead head = HttpHead.read(wire, Deadline.soon());
        assertThat(head.status()).isEqualTo(status);
        assertThat(HttpAnswer.read(head, wire, Deadline.soon()).body()).isNotEmpty();
      }
    }
  }

  /** A second request on the connection of a stream that never ends must not break into it. */
  @Test
  void request_onTheConnectionOfALiveStreamLeavesItWhole() throws IOException {
    try (LogClient client = kit.router().live(app, Transport.SSE)) {
      client.wire().send(Ask.plainGet("/v1/apps").request());
      Lines.publish(kit.nats(), app, 1, 50);

      assertThat(client.messages(50)).isEqualTo(Lines.messages(1, 50));
    }
  }
}
