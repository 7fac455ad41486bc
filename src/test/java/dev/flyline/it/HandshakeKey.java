package dev.flyline.it;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/** The key of every WebSocket handshake that the tests make, and the answer it must get. */
final class HandshakeKey {

  static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private HandshakeKey() {}

  static String accepted() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((KEY + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
