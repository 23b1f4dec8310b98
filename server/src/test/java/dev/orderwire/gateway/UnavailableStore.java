package dev.orderwire.gateway;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.RowHistory;
import dev.orderwire.feed.SnapshotReader;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Stored data while the database is unavailable. */
public final class UnavailableStore implements Backlog, SnapshotReader, RowHistory {
  /** Holds up all calls while a test has it. */
  final Semaphore calls = new Semaphore(1);

  private OrderwireException unavailable() {
    calls.acquireUninterruptibly();
    calls.release();
    return new OrderwireException(
        ErrorCode.MYSQL_UNAVAILABLE, "MySQL at nobody@127.0.0.1:1 cannot be asked");
  }

  @Override
  public Page page(Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
    throw unavailable();
  }

  @Override
  public Position now(Position known) {
    throw unavailable();
  }

  @Override
  public long newestId() {
    throw unavailable();
  }

  @Override
  public Found find(Table table, Predicate<Key> wanted, @Nullable Key key, Position seen) {
    throw unavailable();
  }

  @Override
  public void read(
      Table table,
      Prefilter prefilter,
      @Nullable Key after,
      Position known,
      int pageRows,
      Rows rows) {
    throw unavailable();
  }
}
