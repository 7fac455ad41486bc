package dev.flyline.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Opens streams, says so, and reads them for ever. */
final class ViewersProgram {

  private static final Duration LONG = Duration.ofHours(1);

  private ViewersProgram() {}

  /** Takes a host, a port, an app, a token, and which transports, several times if so wanted. */
  public static void main(String[] arguments) throws Exception {
    var router =
        new InetSocketAddress(InetAddress.ofLiteral(arguments[0]), Integer.parseInt(arguments[1]));
    var clients = new ArrayList<LogClient>();
    for (String transport : List.of(arguments).subList(4, arguments.length)) {
      Ask ask = Ask.app(arguments[2], Transport.valueOf(transport)).token(arguments[3]);
      clients.add(LogClient.open(router, ask, Deadline.soon()));
    }
    System.out.println("open");
    var readers = new ArrayList<Thread>();
    for (LogClient client : clients) {
      readers.add(Thread.ofVirtual().start(() -> read(client)));
    }
    for (Thread reader : readers) {
      reader.join();
    }
  }

  private static void read(LogClient client) {
    try {
      while (true) {
        List<Seen> _ = client.read(Deadline.in(LONG));
      }
    } catch (IOException _) {
      // the router has closed the stream
    }
  }
}
