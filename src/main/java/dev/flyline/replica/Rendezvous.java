package dev.flyline.replica;

import dev.flyline.log.Member;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * Which router an app belongs to, and which are the next best: rendezvous hashing (Thaler and
 * Ravishankar 1998) over the addresses. All routers come to the same order, and one that leaves
 * moves no app but its own.
 */
final class Rendezvous {

  private Rendezvous() {}

  /** Sorts {@code members}, the best for {@code app} first. */
  static void sort(String app, List<Member> members) {
    members.sort(
        Comparator.comparingLong((Member member) -> weight(app, member.address()))
            .reversed()
            .thenComparing(Member::node));
  }

  private static long weight(String app, String address) {
    long hash = 0xcbf29ce484222325L; // FNV-1a, then the finalizer of MurmurHash3
    for (byte b : (app + '\n' + address).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
