package dev.flyline.it.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a stranger may send to a port that is meant for members. */
final class Junk {

  private static final int CONNECT_MS = 3_000;
  private static final int RANDOM_BYTES = 256 * 1024;

  private Junk() {}

  /** Sends each kind of junk on a connection of its own; the port must take at least one. */
  static void sendTo(InetSocketAddress port) {
    int taken = 0;
    for (byte[] junk : kinds()) {
      try (var socket = connect(port)) {
        taken++;
        socket.getOutputStream().write(junk);
        socket.shutdownOutput();
      } catch (IOException _) {
        // thrown out before the end, as it should be
      }
    }
    if (taken == 0) {
      throw new AssertionError("nobody listens at " + port);
    }
  }

  /** Connections that say nothing at all, open until they are closed here. */
  static List<Socket> holdOpen(InetSocketAddress port, int count) throws IOException {
    var held = new ArrayList<Socket>();
    for (int i = 0; i < count; i++) {
      held.add(connect(port));
    }
    return held;
  }

  private static Socket connect(InetSocketAddress port) throws IOException {
    var socket = new Socket();
    socket.connect(port, CONNECT_MS);
    return socket;
  }

  private static List<byte[]> kinds() {
    var random = new Random(4); // always the same bytes, so that a failure can be had again
    byte[] noise = new byte[RANDOM_BYTES];
    random.nextBytes(noise);
    return List.of(
        new byte[0],
        text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        text("\0".repeat(4096)),
        // A message of 2 GiB, of -1 bytes, of none, by the length that comes first on the bus.
        sized(Integer.MAX_VALUE, noise),
        sized(-1, noise),
        sized(0, noise),
        sized(Integer.MIN_VALUE, noise),
        // Hazelcast's protocol selectors, then nothing of that protocol.
        text("HZC" + "x".repeat(4096)),
        text("HZX" + "\u007f".repeat(4096)),
        text("CP2" + "\u007f".repeat(4096)),
        // 14 bytes: a member's first ones, then a packet of 2 GiB. They ended the whole process.
        ByteBuffer.allocate(14)
            .put(text("HZC"))
            .put((byte) 4)
            .putShort((short) 0)
            .putInt(0)
            .putInt(Integer.MAX_VALUE)
            .array(),
        // The beginning of a TLS handshake.
        new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xfc, 0x03, 0x03},
        noise);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] sized(int length, byte[] noise) {
    return ByteBuffer.allocate(Integer.BYTES + noise.length).putInt(length).put(noise).array();
  }
}
