package dev.flyline.web;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A range of addresses, such as {@code 10.0.0.0/8}, or one address.
 *
 * @param base the range's first address
 * @param bits how many of its leading bits all addresses share
 */
record Cidr(InetAddress base, int bits) {

  /** Reads a range; empty for what is none. Names are not looked up. */
  static Optional<Cidr> parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 2) {
      return Optional.empty();
    }
    try {
      InetAddress base = InetAddress.ofLiteral(parts[0]);
      int most = base.getAddress().length * Byte.SIZE;
      int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
      return bits >= 0 && bits <= most ? Optional.of(new Cidr(base, bits)) : Optional.empty();
    } catch (IllegalArgumentException _) { // which NumberFormatException is, too
      return Optional.empty();
    }
  }

  boolean contains(InetAddress address) {
    byte[] ours = base.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit += Byte.SIZE) {
      int mask = 0xff << Math.max(0, Byte.SIZE - (bits - bit));
      int index = bit / Byte.SIZE;
      if (((ours[index] ^ theirs[index]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
