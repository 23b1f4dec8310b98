package dev.orderwire.gateway.catchup;

import dev.orderwire.auth.Identity;
import dev.orderwire.change.Change;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.ResetReason;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows that only one of two views shows, as they were at a position. They are read once
 * for all clients that move from the one view to the other at this position.
 *
 * <p>MySQL can only be asked for the rows as they are now. So each row that has changed since the
 * position is taken as the first of these changes found it. Safe for any number of threads.
 */
final class DifferingRows {
  /** The rows of both views together that only one of them shows. */
  sealed interface Result {
    /**
     * All of them.
     *
     * @param bytes about the memory that they take
     */
    record Known(Map<Key, Row> rows, int bytes) implements Result {}

    /** They cannot be had, or are too many for one moment. */
    record Reset(ResetReason reason) implements Result {}
  }

  /** How long rows stay for later clients. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** About the memory that a row takes besides its cells. */
  private static final int ROW_BYTES = 200;

  private record Id(View before, View after, Position at) {}

  /** A read, and the clients that wait for it. */
  private static final class Shared {
    final CompletableFuture<Result> result = new CompletableFuture<>();
    final Queue<BooleanSupplier> open = new ConcurrentLinkedQueue<>();

    boolean isWanted() {
      return open.stream().anyMatch(BooleanSupplier::getAsBoolean);
    }
  }

  private final Source source;
  private final Resumption resumption;
  private final Blocking blocking;
  private final Limits limits;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final Semaphore quota;
  private final Map<Id, Shared> recent = new ConcurrentHashMap<>();

  DifferingRows(
      Source source,
      Resumption resumption,
      Blocking blocking,
      Limits limits,
      GatewayOptions options,
      Traffic traffic) {
    this.limits = limits;
    this.quota = new Semaphore(options.intLimit(Limit.MOVE_BYTES));
    this.source = source;
    this.resumption = resumption;
    this.blocking = blocking;
    this.options = options;
    this.traffic = traffic;
  }

  /**
   * The rows. Blocks. The read counts as a snapshot of the identity that needs it first.
   *
   * @param identity of the client; null if clients need not say it
   * @param open whether the client is still there: for others, nothing is read
   * @throws OrderwireException as {@link SnapshotReader#read} and {@link Backlog#page}; {@code
   *     over_limit}
   * @throws GoneException if the client is not there any more
   */
  Result read(
      View before, View after, Position at, @Nullable Identity identity, BooleanSupplier open) {
    Id id = new Id(before, after, at);
    while (true) {
      Shared mine = new Shared();
      mine.open.add(open);
      Shared known = recent.putIfAbsent(id, mine);
      if (known == null) {
        readFor(id, mine, identity);
        return outcome(mine);
      }
      known.open.add(open);
      try {
        return outcome(known);
      } catch (GoneException e) {
        // The clients that started this read have left.
        if (!open.getAsBoolean()) {
          throw e;
        }
        recent.remove(id, known);
      }
    }
  }

  private void readFor(Id id, Shared shared, @Nullable Identity identity) {
    try {
      Runnable done = limits.snapshot(identity);
      Result result;
      try {
        result = new Read(id, shared).result();
      } finally {
        done.run();
      }
      int bytes = result instanceof Result.Known known ? known.bytes() : 0;
      if (!reserve(bytes)) {
        result = new Result.Reset(ResetReason.POLICY);
        bytes = 0;
      }
      shared.result.complete(result);
      int reserved = bytes;
      blocking.startUnbounded(() -> {
        try {
          Blocking.pause(LINGER);
        } finally {
          recent.remove(id, shared);
          release(reserved);
        }
      });
    } catch (RuntimeException | Error e) {
      recent.remove(id, shared);
      shared.result.completeExceptionally(e);
      throw e;
    }
  }

  /**
   * Reserves memory for rows on their way to a client.
   *
   * @return false if too much is on its way already
   */
  boolean reserve(int bytes) {
    if (quota.tryAcquire(bytes)) {
      return true;
    }
    traffic.overLimit(Limit.MOVE_BYTES);
    return false;
  }

  /** Ends {@link #reserve}. */
  void release(int bytes) {
    quota.release(bytes);
  }

  private static Result outcome(Shared shared) {
    try {
      return shared.result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof OrderwireException known) {
        throw known;
      }
      if (e.getCause() instanceof GoneException gone) {
        throw gone;
      }
      throw new OrderwireException(
          ErrorCode.INTERNAL_ERROR, "the rows could not be read", e.getCause());
    }
  }

  /** One read of the rows that only one of the views shows. */
  private final class Read implements SnapshotReader.Rows {
    private final View before;
    private final View after;
    private final Position at;
    private final int most = options.intLimit(Limit.ROWS);
    private final ColumnNames key;
    private final Map<Key, Row> rows = new LinkedHashMap<>();
    private final Shared shared;
    private long bytes;
    private @Nullable Position position;

    Read(Id id, Shared shared) {
      this.before = id.before();
      this.after = id.after();
      this.at = id.at();
      this.shared = shared;
      this.key = ColumnNames.of(after.table().key());
    }

    @Override
    public void begin(Position begun) {
      position = begun;
    }

    @Override
    public boolean row(Row row) {
      if (before.matches(row) != after.matches(row)) {
        rows.put(new Key(row.only(key, null)), row);
        bytes += row.length();
      }
      return !isTooLarge() && shared.isWanted();
    }

    private void requireWanted() {
      if (!shared.isWanted()) {
        throw new GoneException();
      }
    }

    private boolean isTooLarge() {
      return rows.size() > most || bytes > options.limit(Limit.ANSWER_BYTES);
    }

    Result result() {
      Position end = source.feed().end().position();
      if (!end.epoch().equals(at.epoch())) {
        return new Result.Reset(ResetReason.EPOCH);
      }
      try {
        blocking.inTurn(() -> {
          requireWanted();
          traffic.snapshotRead();
          source
              .snapshots()
              .read(
                  after.table(),
                  after.prefilterOfEither(before),
                  null,
                  at.and(end),
                  options.intLimit(Limit.PAGE_ROWS),
                  this);
          return true;
        });
      } catch (TableAlteredException e) {
        return new Result.Reset(ResetReason.SCHEMA);
      }
      requireWanted();
      return isTooLarge()
          ? new Result.Reset(ResetReason.POLICY)
          : undone(Objects.requireNonNull(position));
    }

    /** Takes back what has changed since the position. */
    private Result undone(Position read) {
      Ids later = read.since(at);
      Map<Key, @Nullable Row> earlier = new HashMap<>();
      long last = 0;
      while (true) {
        Backlog.Page page = page(later, last);
        if (!(page instanceof Backlog.Page.Changes(List<Change> changes))) {
          return new Result.Reset(
              page instanceof Backlog.Page.Deleted() ? ResetReason.RETENTION : ResetReason.SCHEMA);
        }
        if (changes.isEmpty()) {
          break;
        }
        for (Change change : changes) {
          if (!earlier.containsKey(change.key())) {
            earlier.put(change.key(), change.before());
          }
        }
        last = changes.getLast().id();
        if (earlier.size() > most) {
          return new Result.Reset(ResetReason.POLICY);
        }
      }
      if (!resumption.isSameLog(at)) {
        return new Result.Reset(ResetReason.EPOCH);
      }
      if (source.catalog().isVoid(after.table(), at)
          || source.catalog().isHeld(after.table().name())) {
        return new Result.Reset(ResetReason.SCHEMA);
      }
      earlier.forEach((changed, row) -> {
        if (row == null) {
          rows.remove(changed);
        } else {
          rows.put(changed, row);
        }
      });
      return new Result.Known(rows, Math.toIntExact(bytes() + (long) ROW_BYTES * rows.size()));
    }

    private long bytes() {
      return rows.values().stream().mapToLong(Row::length).sum();
    }

    private Backlog.Page page(Ids ids, long afterId) {
      return blocking.inTurn(() ->
          source
              .backlog()
              .page(
                  ids,
                  after.table().name(),
                  afterId,
                  options.intLimit(Limit.PAGE_CHANGES),
                  options.limit(Limit.PAGE_BYTES)));
    }
  }
}
