package dev.flyline.stream;

import java.util.Locale;

/** Every way a stream ends, with its WebSocket close code and whether to come back. */
public enum EndReason {
  /** This router stops; another takes the client. */
  RESTART(1012, true),
  /** All that was asked for has been sent. */
  END(1000, false),
  /** The grant ran out; come back with a new token. */
  EXPIRED(4401, true),
  /** The grant was taken away. */
  REVOKED(4401, true),
  /** The token does not name the app. */
  FORBIDDEN(4403, false),
  /** The client sent what the protocol does not know. */
  BAD_REQUEST(4400, false),
  /** Too much of something at a time. */
  TOO_MANY(4429, true),
  /** The client sent a message that is too big. */
  TOO_BIG(1009, false),
  /** The socket took nothing for minutes. */
  STALLED(1008, true),
  /** The router's own fault. */
  ERROR(1011, true);

  private final int closeCode;
  private final boolean reconnect;

  EndReason(int closeCode, boolean reconnect) {
    this.closeCode = closeCode;
    this.reconnect = reconnect;
  }

  /** Whether the stream ends because of what the client sent, and maybe goes on sending. */
  boolean isClientsFault() {
    return this == BAD_REQUEST || this == TOO_BIG || this == TOO_MANY;
  }

  /** The code in {@code bye} frames. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The WebSocket close code. */
  public int closeCode() {
    return closeCode;
  }

  /** Whether the client should come back. */
  public boolean reconnect() {
    return reconnect;
  }
}
