package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * How long after its start a router has let a viewer connect, has answered it, and has sent it the
 * first line; and what the router had used by then.
 */
record FirstLine(double portSeconds, double streamSeconds, double lineSeconds, Usage usage) {

  private static final int RETRY_MS = 2;
  private static final int READ_MS = 20_000;
  private static final String HEAD_END = "\r\n\r\n";
  private static final String LINE = "@@";

  /** Tries to connect until it can. */
  static FirstLine await(Processes processes, RouterProcess router, Load load, long startNs)
      throws IOException, InterruptedException {
    Handshake handshake = router.handshake(load::app, load.wish(), Format.VERBATIM);
    byte[] request = handshake.request(0, 0);
    try (Socket socket = connect(processes, router)) {
      double port = since(startNs);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(READ_MS);
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      String head = until(in, HEAD_END);
      double stream = since(startNs);
      handshake.check(head);
      String _ = until(in, LINE);
      double line = since(startNs);
      return new FirstLine(port, stream, line, Usage.of(router.process().pid()));
    }
  }

  private static Socket connect(Processes processes, RouterProcess router)
      throws IOException, InterruptedException {
    InetSocketAddress address = router.http();
    while (router.process().isAlive()) {
      try {
        return new Socket(address.getAddress(), address.getPort());
      } catch (ConnectException _) { // not yet
        Thread.sleep(RETRY_MS);
      }
    }
    throw new IOException("the router ended:\n" + processes.logTail(router.name()));
  }

  /** Reads up to and with {@code end}. */
  private static String until(InputStream in, String end) throws IOException {
    var text = new StringBuilder();
    while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the stream ended before its time");
      }
      text.append(new String(new byte[] {(byte) b}, US_ASCII));
    }
    return text.toString();
  }

  private static double since(long startNs) {
    return (System.nanoTime() - startNs) / 1e9;
  }
}
