package dev.flyline.feed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Copies encoded bytes into the one buffer that a socket takes. */
public final class Framing {

  private static final byte[] CRLF = {'\r', '\n'};
  private static final int CHUNK_OVERHEAD = 16;

  private Framing() {}

  /** One message, with one reference; {@code chunked} as {@link Encoder#chunked} says. */
  public static ByteBuf frame(byte[] bytes, boolean chunked, ByteBufAllocator allocator) {
    return frame(List.of(bytes), bytes.length, chunked, allocator);
  }

  /** All of {@code parts}, which are {@code size} bytes, one after the other. */
  static ByteBuf frame(List<byte[]> parts, int size, boolean chunked, ByteBufAllocator allocator) {
    ByteBuf buffer = allocator.directBuffer(size + CHUNK_OVERHEAD);
    if (chunked) { // RFC 9112, section 7.1
      buffer.writeCharSequence(Integer.toHexString(size), StandardCharsets.US_ASCII);
      buffer.writeBytes(CRLF);
    }
    for (int i = 0; i < parts.size(); i++) {
      buffer.writeBytes(parts.get(i));
    }
    if (chunked) {
      buffer.writeBytes(CRLF);
    }
    return buffer;
  }
}
