package dev.orderwire.changelog.replica;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.changelog.UnfitServerException;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads snapshots and replays from the replicas of MySQL that keep up, and from the source if none
 * does. Safe for any number of threads.
 */
public final class Replicas implements AutoCloseable {
  private final List<Replica> all;
  private final AtomicInteger turn = new AtomicInteger();
  private final LongAdder readsOfSource = new LongAdder();

  /**
   * Creates them without connecting.
   *
   * @param epoch of the change log that this process follows
   */
  public Replicas(
      List<MysqlOptions> options, Mysql source, Catalog catalog, Supplier<String> epoch) {
    this.all = options.stream().map(each -> new Replica(each, source, catalog, epoch)).toList();
  }

  /** Begins to check which of them can be used. */
  public void start() {
    all.forEach(Replica::start);
  }

  /** All of them, in the order of the settings. */
  public List<ReplicaStatus> status() {
    return all.stream().map(Replica::status).toList();
  }

  /** Why one of them is left out; empty if all are used. */
  public Optional<String> problem() {
    return all.stream()
        .map(Replica::status)
        .filter(each -> each.cause().isPresent())
        .map(each -> "the replica %s is left out: %s".formatted(each.address(), each.cause().get()))
        .findFirst();
  }

  /** How often each was read, in the order of {@link #status}. */
  public long reads(int index) {
    return all.get(index).reads();
  }

  /** How often the source was read, as no replica could be. */
  public long readsOfSource() {
    return readsOfSource.sum();
  }

  /**
   * A reader of snapshots.
   *
   * @param source reads where no replica can be read
   */
  public SnapshotReader snapshots(SnapshotReader source) {
    return (table, prefilter, after, known, pageRows, rows) -> {
      Begun begun = new Begun(rows);
      var _ =
          read(
              Replica::snapshots,
              source,
              reader -> {
                reader.read(table, prefilter, after, known, pageRows, begun);
                return begun;
              },
              () -> !begun.isTrue);
    };
  }

  /**
   * A reader of changes that the feed no longer holds.
   *
   * @param source reads where no replica can be read; it alone knows what is visible now
   */
  public Backlog backlog(Backlog source) {
    return new Backlog() {
      @Override
      public Page page(Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
        return read(
            Replica::backlog,
            source,
            reader -> reader.page(ids, table, afterId, maxChanges, maxBytes),
            () -> true);
      }

      @Override
      public Position now(Position known) {
        return source.now(known);
      }

      @Override
      public long newestId() {
        return source.newestId();
      }
    };
  }

  /**
   * Reads from a replica, or from the source.
   *
   * @param mayRepeat whether a read that has failed may be repeated elsewhere
   */
  private <R, T> T read(
      Function<Replica, R> reader, R source, Function<R, T> work, BooleanSupplier mayRepeat) {
    for (Replica replica : inUse()) {
      try (var _ = replica.read()) {
        return work.apply(reader.apply(replica));
      } catch (UnfitServerException e) {
        replica.leaveOut(String.valueOf(e.getMessage()));
      } catch (TableAlteredException e) {
        // The source knows whether it was altered.
        requireRepeatable(mayRepeat, e);
      } catch (OrderwireException e) {
        if (e.code() == ErrorCode.BAD_KEY) {
          throw e;
        }
        if (e.code() == ErrorCode.MYSQL_UNAVAILABLE || mayRepeat.getAsBoolean()) {
          replica.leaveOut(String.valueOf(e.getMessage()));
        }
        requireRepeatable(mayRepeat, e);
      }
    }
    readsOfSource.increment();
    return work.apply(source);
  }

  private static void requireRepeatable(BooleanSupplier mayRepeat, RuntimeException failure) {
    if (!mayRepeat.getAsBoolean()) {
      throw failure;
    }
  }

  /** Those with the fewest readers first, and in turn if they have equally many. */
  private List<Replica> inUse() {
    List<Replica> usable = new ArrayList<>(all);
    Collections.rotate(usable, turn.getAndIncrement() & Integer.MAX_VALUE);
    usable.removeIf(each -> !each.isInUse());
    // Sorted by a number that other threads change: each is asked once.
    Map<Replica, Integer> readers = new HashMap<>();
    usable.forEach(each -> readers.put(each, each.readers()));
    usable.sort(Comparator.comparing(readers::get));
    return usable;
  }

  @Override
  public void close() {
    all.forEach(Replica::close);
  }

  /** Rows whose reader has begun cannot be read from another server. */
  private static final class Begun implements SnapshotReader.Rows {
    private final SnapshotReader.Rows rows;
    private boolean isTrue;

    Begun(SnapshotReader.Rows rows) {
      this.rows = rows;
    }

    @Override
    public void begin(Position position) {
      isTrue = true;
      rows.begin(position);
    }

    @Override
    public boolean row(Row row) {
      return rows.row(row);
    }
  }
}
