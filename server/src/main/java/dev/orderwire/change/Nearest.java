package dev.orderwire.change;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Suggests existing names for a misspelled one. The distance of two names is the number of letters
 * to insert, delete or replace (Levenshtein's distance), ignoring case.
 */
public final class Nearest {
  private Nearest() {}

  /**
   * The nearest of {@code known}.
   *
   * @throws java.util.NoSuchElementException if {@code known} is empty
   */
  public static String to(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(other -> distance(name, other)))
        .orElseThrow();
  }

  /**
   * The names in {@code known} that are near enough to be meant, the nearest first.
   *
   * @param most how many to return at most
   */
  public static List<String> like(String name, Collection<String> known, int most) {
    return known.stream()
        .filter(other -> distance(name, other) <= 1 + name.length() / 4)
        .sorted(Comparator.comparingInt(other -> distance(name, other)))
        .limit(most)
        .toList();
  }

  private static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
