package dev.flyline.it;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** An attacker in a process of its own: floods until its input ends, then says what it got. */
final class TokenFloodProgram {

  private TokenFloodProgram() {}

  /** Takes a port, how many addresses, how many handshakes a second, and a file of tokens. */
  public static void main(String[] arguments) throws Exception {
    List<String> requests;
    try (Stream<String> tokens = Files.lines(Path.of(arguments[3]), StandardCharsets.US_ASCII)) {
      requests =
          tokens
              .map(token -> Ask.app(TokenFloodIT.APP, Transport.WEBSOCKET).token(token).request())
              .toList();
    }
    try (var flood =
        HandshakeFlood.start(
            Integer.parseInt(arguments[0]),
            requests,
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]))) {
      System.out.println("floods");
      while (System.in.read() >= 0) {
        // the end is all that it waits for
      }
      flood.stop().forEach((status, count) -> System.out.print(status + "=" + count + " "));
      System.out.println();
    }
    System.exit(0);
  }
}
