package dev.orderwire.view;

import dev.orderwire.change.Key;
import java.util.Optional;

/** For scopes that show all keys. */
final class NoCover implements KeyCover {
  @Override
  public String cover(String table, Key key) {
    throw new IllegalStateException("every key is visible");
  }

  @Override
  public String lock(String table, Key key) {
    throw new IllegalStateException("every key is visible");
  }

  @Override
  public Optional<Key> unlock(String table, String text) {
    throw new IllegalStateException("every key is visible");
  }
}
