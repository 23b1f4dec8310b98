package dev.orderwire.changelog;

import org.jspecify.annotations.Nullable;

/**
 * The short texts that were read lately, so that an equal one is the same object: what is kept of
 * many changes is mostly the same states, nulls and names, each key once more in its row, and the
 * row before an update in the row after it. A bounded number of them, and only such as were read
 * anyway. For any number of threads: a text that is missed is merely not shared.
 */
final class TextCache {
  private static final int SLOTS = 1_024;

  /** Longer ones are seldom the same. */
  private static final int LONGEST = 64;

  private final @Nullable String[] lately = new String[SLOTS];

  /** All of {@code text}. */
  String of(String text) {
    return of(text, 0, text.length());
  }

  /** The characters of {@code text} from {@code start} on and before {@code end}. */
  String of(String text, int start, int end) {
    if (end - start > LONGEST) {
      return text.substring(start, end);
    }
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
    String known = lately[slot];
    if (known != null
        && known.length() == end - start
        && text.regionMatches(start, known, 0, known.length())) {
      return known;
    }
    String read = text.substring(start, end);
    lately[slot] = read;
    return read;
  }
}
