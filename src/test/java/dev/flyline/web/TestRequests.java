package dev.flyline.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Sends requests byte for byte, good and bad. A client library would mend what must arrive as it is
 * written here.
 */
record TestRequests(InetAddress host, int port) {

  TestRequests(int port) {
    this(InetAddress.getLoopbackAddress(), port);
  }

  private static final int PATIENCE_MS = 60_000;
  private static final String END = "";

  /** What came back until the server closed the connection. */
  record Answer(String text) {

    int status() {
      return Integer.parseInt(text.split(" ", 3)[1]);
    }

    Optional<String> header(String name) {
      return headers(name).stream().findFirst();
    }

    List<String> headers(String name) {
      var prefix = name.toLowerCase(Locale.ROOT) + ": ";
      return head()
          .lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()))
          .toList();
    }

    String head() {
      return text.substring(0, end());
    }

    String body() {
      return text.substring(Math.min(text.length(), end() + 4));
    }

    private int end() {
      int end = text.indexOf("\r\n\r\n");
      return end < 0 ? text.length() : end;
    }
  }

  Answer get(String path, String... headers) {
    return send("GET", path, headers);
  }

  /** A request that asks the server to close the connection after its answer. */
  Answer send(String method, String path, String... headers) {
    var head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: flyline.test\r\nConnection: close\r\n");
    for (var header : headers) {
      head.append(header).append("\r\n");
    }
    return raw(head.append("\r\n").toString());
  }

  /** What comes back for {@code bytes} until the connection closes. */
  Answer raw(String bytes) {
    return new Answer(talk(socket -> ask(socket, bytes, END)));
  }

  private interface Talk {
    String with(Socket socket) throws IOException;
  }

  private String talk(Talk talk) {
    try (var socket = new Socket(host, port)) {
      socket.setSoTimeout(PATIENCE_MS);
      return talk.with(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends {@code bytes} and reads up to {@code last}, or to the end if that never comes. */
  private static String ask(Socket socket, String bytes, String last) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    var text = new StringBuilder();
    var in = socket.getInputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      text.append((char) b);
      if (!last.isEmpty() && text.toString().endsWith(last)) {
        break;
      }
    }
    return text.toString();
  }
}
