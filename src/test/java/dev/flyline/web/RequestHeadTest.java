package dev.flyline.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which heads are good, whole or byte by byte, and that the same ones are refused both ways. */
@Timeout(30)
final class RequestHeadTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";
  private static final int WHOLE = 0;

  /** The status of the refusal, or {@link #WHOLE}, or -1 while more is to come. */
  private static int read(String text) {
    int atOnce = verdict(new RequestHead(), Unpooled.copiedBuffer(text, ISO_8859_1), text);
    var head = new RequestHead();
    ByteBuf bytes = Unpooled.buffer();
    int byByte = -1;
    for (int i = 0; i < text.length() && byByte < 0; i++) {
      bytes.writeByte(text.charAt(i));
      byByte = verdict(head, bytes, text);
    }
    assertThat(byByte).as("byte by byte").isEqualTo(atOnce);
    return atOnce;
  }

  private static int verdict(RequestHead head, ByteBuf bytes, String text) {
    int end = head.read(bytes);
    if (end >= 0) {
      assertThat(text.substring(0, end)).endsWith("\r\n\r\n");
      return WHOLE;
    }
    return head.flaw().map(ApiError::status).orElse(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        GET + "\r\n",
        GET + "\r\nwhat follows",
        "\r\n\r\n" + GET + "\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /a?b=%20&c=\u00e9 HTTP/1.1\r\nhOST:a.example:8080\r\nX:\r\nY: a\tb \u00e9\r\n\r\n",
        "GET http://A.example:80/x HTTP/1.1\r\nHost: a.example:80\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: [fdaa::1]:8080\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n"
      })
  void goodHead_isWhole(String text) {
    assertThat(read(text)).isEqualTo(WHOLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        GET + "Host: a\r\n\r\n", // two hosts, the same one or another
        GET + "host: b\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
        GET + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        GET + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n",
        GET + "Transfer-Encoding: gzip\r\n\r\n",
        GET + "Transfer-Encoding: gzip, chunked\r\n\r\n",
        GET + "Transfer-Encoding: chunked, identity\r\n\r\n",
        GET + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + "Transfer-Encoding: \u000bchunked\r\n\r\n",
        GET + "Transfer-Encoding:\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
        GET + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        GET + "Content-Length: 5, 5\r\n\r\n",
        GET + "Content-Length: +5\r\n\r\n",
        GET + "Content-Length: 0x5\r\n\r\n",
        GET + "Content-Length: -1\r\n\r\n",
        GET + "Content-Length:\r\n\r\n",
        GET + "Content-Length: 9999999999999999999999\r\n\r\n",
        GET + "X: a\r\n b\r\n\r\n", // a folded field
        GET + "X: a\r\n\tb\r\n\r\n",
        " " + GET + "\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n", // bare line feeds
        GET + "X: a\nY: b\r\n\r\n",
        GET + "\n",
        GET + "X: a\rY: b\r\n\r\n", // a bare carriage return
        GET + "X: a\0b\r\n\r\n",
        GET + "X: a\u007fb\r\n\r\n",
        GET + "X : a\r\n\r\n",
        GET + ": a\r\n\r\n",
        GET + "no colon\r\n\r\n",
        GET + "X\u00e9: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET /\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", // two hosts again
        "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "\u0016\u0003\u0001\r\n\r\n"
      })
  void headThatCanBeReadInTwoWays_is400(String text) {
    assertThat(read(text)).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/9.9"})
  void otherVersions_are505(String version) {
    assertThat(read("GET / " + version + "\r\nHost: a\r\n\r\n")).isEqualTo(505);
  }

  @Test
  void sizes_areBoundedBeforeTheHeadIsWhole() {
    assertThat(read("GET /" + "x".repeat(8 * 1024))).isEqualTo(414);
    assertThat(read(GET + "X: " + "x".repeat(RequestHead.MAX_BYTES))).isEqualTo(431);
    assertThat(read(GET + "X: y\r\n".repeat(RequestHead.MAX_FIELDS))).isEqualTo(431);
    assertThat(read(GET + "X: y\r\n".repeat(RequestHead.MAX_FIELDS - 1) + "\r\n")).isEqualTo(WHOLE);
    assertThat(read("\r\n".repeat(RequestHead.MAX_BYTES))).isEqualTo(431);
    assertThat(read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n")).isEqualTo(413);
    String token = "Authorization: Bearer " + "x".repeat(16 * 1024) + "\r\n\r\n";
    assertThat(read(GET + token)).isEqualTo(WHOLE);
  }

  @Test
  void headOfTheLargestSize_isWhole() {
    String start = GET + "X: ";
    int rest = RequestHead.MAX_BYTES - start.length() - 4;
    assertThat(read(start + "x".repeat(rest) + "\r\n\r\n")).isEqualTo(WHOLE);
    assertThat(read(start + "x".repeat(rest + 1) + "\r\n\r\n")).isEqualTo(431);
  }
}
