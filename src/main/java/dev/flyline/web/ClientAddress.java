package dev.flyline.web;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** What a client is told apart by when it has shown no good token: where it connects from. */
public final class ClientAddress {

  private static final int PREFIX_BYTES = 8;

  private ClientAddress() {}

  /**
   * The address of the client that sent {@code request}, as a trusted proxy tells it, else that of
   * the peer. Of a global IPv6 address only the /64 counts, since its owner has the rest of it for
   * the asking.
   */
  public static String of(HttpServerRequest request) {
    return HeadGuard.of(Sockets.channel(request.connection()))
        .flatMap(guard -> guard.connection().client(request))
        .orElseGet(() -> peer(request));
  }

  private static String peer(HttpServerRequest request) {
    SocketAddress peer = request.remoteAddress();
    return peer == null ? "" : prefix(peer.hostAddress());
  }

  static String prefix(String literal) {
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException notAnAddress) {
      return "";
    }
    byte[] bytes = address.getAddress();
    boolean global = address instanceof Inet6Address && (bytes[0] & 0xe0) == 0x20;
    return global
        ? HexFormat.of().formatHex(Arrays.copyOf(bytes, PREFIX_BYTES)) + "/64"
        : address.getHostAddress();
  }
}
