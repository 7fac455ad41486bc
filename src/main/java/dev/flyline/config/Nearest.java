package dev.flyline.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that somebody who wrote an unknown one most likely meant. */
final class Nearest {

  private Nearest() {}

  /** The key with the fewest edits to {@code wrong}, which may be spelled as a variable or flag. */
  static Optional<String> to(String wrong, Collection<String> keys) {
    String key =
        wrong.toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.').replace("flyline.", "");
    return keys.stream().min(Comparator.comparingInt(known -> edits(key, known)));
  }

  /** The Levenshtein distance, with two neighbours swapped counted as one edit. */
  private static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (isSwap(a, i, b, j)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }

  private static boolean isSwap(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
