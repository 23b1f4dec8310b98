package dev.orderwire.judge;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;

/**
 * Keeps writers out of a table for as long as the application itself has taken it away, so that
 * they do not fail for want of it. Every other schema change runs while they write. For any thread.
 */
final class Gates {
  private final Map<String, ReadWriteLock> gates =
      WatchedTables.ALL.stream()
          .collect(
              Collectors.toUnmodifiableMap(WatchedTable::name, _ -> new ReentrantReadWriteLock()));

  /** For a statement; false where the table is away. Who may enter must {@link #leave}. */
  boolean enter(String table) {
    return gate(table).readLock().tryLock();
  }

  void leave(String table) {
    gate(table).readLock().unlock();
  }

  /** Waits for the statements that are under way, and keeps out others until {@link #open}. */
  void shut(String table) {
    gate(table).writeLock().lock();
  }

  void open(String table) {
    gate(table).writeLock().unlock();
  }

  private ReadWriteLock gate(String table) {
    return Objects.requireNonNull(gates.get(table), table);
  }
}
