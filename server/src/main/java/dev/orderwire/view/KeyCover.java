package dev.orderwire.view;

import dev.orderwire.change.Key;
import java.util.Optional;

/**
 * Replaces keys whose columns a client may not see. Safe for any number of threads. What it makes
 * needs no escape in JSON.
 */
public interface KeyCover {
  /**
   * The text that stands for the row of a table: the same for the same row in every server, and
   * nobody can find the key from it.
   */
  String cover(String table, Key key);

  /** A text from which only the server finds the key again; another one each time. */
  String lock(String table, Key key);

  /** The key in a text that {@link #lock} made for this table; empty for any other text. */
  Optional<Key> unlock(String table, String text);
}
