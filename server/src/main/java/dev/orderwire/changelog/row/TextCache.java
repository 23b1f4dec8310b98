package dev.orderwire.changelog.row;

import org.jspecify.annotations.Nullable;

/**
 * Shares equal short texts, out of a bounded number of recent ones. Changes in memory mostly repeat
 * the same states, nulls and names; a row repeats its key, and the row after an update most of the
 * row before. Safe for any number of threads: a race only leaves a text unshared.
 */
final class TextCache {
  private static final int SLOTS = 1_024;

  /** Longer texts are seldom equal. */
  private static final int MAX_LENGTH = 64;

  private final @Nullable String[] recent = new String[SLOTS];

  /** The text, shared if it is short. */
  String of(String text) {
    return of(text, 0, text.length());
  }

  /** The part of {@code text} from {@code start} to before {@code end}, shared if it is short. */
  String of(String text, int start, int end) {
    if (end - start > MAX_LENGTH) {
      return text.substring(start, end);
    }
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
    String known = recent[slot];
    if (known != null
        && known.length() == end - start
        && text.regionMatches(start, known, 0, known.length())) {
      return known;
    }
    String read = text.substring(start, end);
    recent[slot] = read;
    return read;
  }
}
