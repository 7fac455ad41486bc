package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handshakes and limits of WebSockets, as the listener sets them for every endpoint. */
@Timeout(60)
final class WebSocketIT {

  private static final String CLOSE_1009 = "\u0088\u0002\u0003\u00F1";

  private static TestListeners listeners;
  private static TestRequests web;

  private static void mountProbe(Router router) {
    Resource.readable(
            "/probe/socket", request -> request.toWebSocket().onSuccess(WebSocketIT::readMessages))
        .mount(router);
  }

  /** Vert.x tells the socket of what exceeds the listener's limits, and leaves the close to it. */
  private static void readMessages(ServerWebSocket socket) {
    socket.textMessageHandler(_ -> {}).exceptionHandler(_ -> socket.close((short) 1009));
  }

  @BeforeAll
  static void start() throws Exception {
    listeners = new TestListeners(Map.of(), WebSocketIT::mountProbe);
    web = listeners.viewers();
  }

  @AfterAll
  static void stop() throws Exception {
    listeners.close();
  }

  @Test
  void webSocket_echoesOurSubprotocolAndNeverTheToken() {
    var answer = web.upgrade("/probe/socket", "Sec-WebSocket-Protocol: bearer.a.b.c, flyline.v1");

    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.headers("sec-websocket-protocol")).containsExactly("flyline.v1");
  }

  @Test
  void webSocketWithForeignSubprotocols_isOpenedWithNoneEchoed() {
    var answer = web.upgrade("/probe/socket", "Sec-WebSocket-Protocol: bearer.a.b.c, chat");

    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.header("sec-websocket-protocol")).isEmpty();
  }

  @Test
  void webSocketCompression_isNotAccepted() {
    var offer =
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame";

    assertThat(web.upgrade("/probe/socket", offer).header("sec-websocket-extensions")).isEmpty();
  }

  @Test
  void webSocketFrameOver64KiB_isRefusedByItsLengthAlone() {
    var header = "\u0081\u00FF\0\0\0\0\0\1\0\1mask"; // text of 65,537 bytes, none of them sent

    assertThat(web.webSocket("/probe/socket", header)).isEqualTo(CLOSE_1009);
  }

  @Test
  void webSocketMessageOver64KiB_isRefusedWhenItHasGrownSoFar() {
    var part = "\u00FE\u00FF\u00FFmask" + "x".repeat(0xFFFF);
    var close = "\u0088\u0080mask";

    assertThat(web.webSocket("/probe/socket", "\1" + part + "\0" + part + close))
        .isEqualTo(CLOSE_1009);
  }
}
