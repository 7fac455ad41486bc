package dev.flyline.it.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * Two programs that try a network: one returns every byte, one sends bytes and tells their fate.
 */
final class EchoProgram {

  private static final int PATIENCE_MS = 1_500;

  private EchoProgram() {}

  /** Called with {@code server} or {@code client}, and the server's address and port. */
  public static void main(String[] args) throws IOException {
    var address = new InetSocketAddress(InetAddress.ofLiteral(args[1]), Integer.parseInt(args[2]));
    if (args[0].equals("server")) {
      serve(address);
    } else {
      while (true) {
        System.out.println(tryOnce(address));
      }
    }
  }

  private static void serve(InetSocketAddress address) throws IOException {
    try (var server = new ServerSocket(address.getPort(), 5, address.getAddress())) {
      System.out.println("serves");
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> echo(client));
      }
    }
  }

  private static void echo(Socket client) {
    try (client) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException _) {
      // the client tells it
    }
  }

  /** Sends bytes until something happens to them; says each as a word, and what ended it. */
  private static String tryOnce(InetSocketAddress server) {
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MS);
      socket.connect(server, PATIENCE_MS);
      System.out.println("connected");
      while (true) {
        long sentNs = System.nanoTime();
        socket.getOutputStream().write(1);
        if (socket.getInputStream().read() < 0) {
          return "ended";
        }
        System.out.println(
            "back after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sentNs));
      }
    } catch (SocketTimeoutException _) {
      return "silence";
    } catch (ConnectException _) {
      return "refused";
    } catch (IOException _) {
      return "reset";
    }
  }
}
