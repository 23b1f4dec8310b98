package dev.orderwire.judge.table;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;

/**
 * Keeps writers from a table while a schema change removes it, so that no write fails because the
 * table is missing. Other schema changes need no lock and run while writers write. Safe for use by
 * any number of threads.
 */
public final class TableLocks {
  private final Map<String, ReadWriteLock> locks =
      WatchedTables.ALL.stream()
          .collect(
              Collectors.toUnmodifiableMap(WatchedTable::name, _ -> new ReentrantReadWriteLock()));

  /**
   * Acquires the table for one statement. If it returns true, the caller must {@link #release} it;
   * false means that the table is removed at the moment.
   */
  public boolean tryAcquire(String table) {
    return lock(table).readLock().tryLock();
  }

  public void release(String table) {
    lock(table).readLock().unlock();
  }

  /** Waits for statements in progress, and keeps out new ones until {@link #releaseExclusive}. */
  public void acquireExclusive(String table) {
    lock(table).writeLock().lock();
  }

  public void releaseExclusive(String table) {
    lock(table).writeLock().unlock();
  }

  private ReadWriteLock lock(String table) {
    return Objects.requireNonNull(locks.get(table), table);
  }
}
