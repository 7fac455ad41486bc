package dev.flyline.it.cluster;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** An IPv6 packet, as far as the tests' network looks into it. */
final class Packet {

  private static final int IP_BYTES = 40;
  private static final int TCP_BYTES = 20;
  private static final int TCP = 6;
  private static final int SYN = 0x02;
  private static final int RST = 0x04;
  private static final int ACK = 0x10;

  private static final int NEXT_HEADER = 6;
  private static final int SOURCE = 8;
  private static final int DESTINATION = 24;
  private static final int ADDRESS_BYTES = 16;
  private static final int PORTS = IP_BYTES;
  private static final int SEQUENCE = IP_BYTES + 4;
  private static final int ACKNOWLEDGED = IP_BYTES + 8;
  private static final int FLAGS = IP_BYTES + 13;
  private static final int CHECKSUM = IP_BYTES + 16;

  private final byte[] bytes;

  Packet(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Whether this is a whole packet of TCP. */
  boolean isTcp() {
    return bytes.length >= IP_BYTES + TCP_BYTES
        && (bytes[0] & 0xf0) == 0x60
        && bytes[NEXT_HEADER] == TCP;
  }

  /** The last byte of the destination's address, which counts the hosts here. */
  int host() {
    return bytes.length < IP_BYTES ? 0 : bytes[DESTINATION + ADDRESS_BYTES - 1];
  }

  boolean beginsConnection() {
    return (bytes[FLAGS] & SYN) != 0;
  }

  /** Whether either end is this port. */
  boolean isOfPort(int port) {
    var buffer = ByteBuffer.wrap(bytes);
    return (buffer.getShort(PORTS) & 0xffff) == port
        || (buffer.getShort(PORTS + 2) & 0xffff) == port;
  }

  /** Names the connection, the same for both directions. */
  String connection() {
    var buffer = ByteBuffer.wrap(bytes);
    String source = bytes[SOURCE + ADDRESS_BYTES - 1] + ":" + buffer.getShort(PORTS);
    String destination = host() + ":" + buffer.getShort(PORTS + 2);
    return source.compareTo(destination) < 0
        ? source + ' ' + destination
        : destination + ' ' + source;
  }

  /** What resets the connection where this packet was going. */
  Packet resetForReceiver() {
    return reset(ByteBuffer.wrap(bytes).getInt(SEQUENCE), false);
  }

  /** What resets the connection where this packet came from. */
  Packet resetForSender() {
    return reset(ByteBuffer.wrap(bytes).getInt(ACKNOWLEDGED), true);
  }

  /** A reset counts only if it bears exactly the number that its receiver waits for (RFC 5961). */
  private Packet reset(int sequence, boolean back) {
    byte[] reset = Arrays.copyOf(bytes, IP_BYTES + TCP_BYTES);
    Arrays.fill(reset, SEQUENCE, reset.length, (byte) 0);
    var buffer = ByteBuffer.wrap(reset);
    buffer.putShort(4, (short) TCP_BYTES);
    if (back) {
      System.arraycopy(bytes, DESTINATION, reset, SOURCE, ADDRESS_BYTES);
      System.arraycopy(bytes, SOURCE, reset, DESTINATION, ADDRESS_BYTES);
      int ports = buffer.getInt(PORTS);
      buffer.putInt(PORTS, (ports << 16) | (ports >>> 16));
    }
    buffer.putInt(SEQUENCE, sequence);
    buffer.put(IP_BYTES + 12, (byte) ((TCP_BYTES / 4) << 4));
    buffer.put(FLAGS, (byte) (RST | ACK));
    if (!back) {
      buffer.putInt(ACKNOWLEDGED, ByteBuffer.wrap(bytes).getInt(ACKNOWLEDGED));
    } else {
      buffer.putInt(ACKNOWLEDGED, ByteBuffer.wrap(bytes).getInt(SEQUENCE));
    }
    buffer.putShort(CHECKSUM, checksum(buffer));
    return new Packet(reset);
  }

  /** TCP's checksum over both addresses, length, protocol and the segment (RFC 8200, 8.1). */
  private static short checksum(ByteBuffer packet) {
    long sum = TCP_BYTES + TCP;
    for (int i = SOURCE; i < IP_BYTES + TCP_BYTES; i += 2) {
      sum += packet.getShort(i) & 0xffff;
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (short) ~sum;
  }
}
