package dev.orderwire.tail;

import com.mysql.cj.jdbc.JdbcConnection;
import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.ChangeReader;
import dev.orderwire.changelog.IdCondition;
import dev.orderwire.changelog.LogRow;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.changelog.RowParsers;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.tail.gaps.DeadGapSweep;
import dev.orderwire.tail.gaps.GapProof;
import dev.orderwire.tail.gaps.Gaps;
import dev.orderwire.tail.gaps.OpenWriters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the change log on, from the position that it has reached: each read is one statement, and
 * so one consistent state of the database, passed on as one moment. One thread reads; any may ask
 * how far it came.
 */
public final class MomentReader {
  private static final Logger log = LoggerFactory.getLogger(MomentReader.class);

  private static final String NEWS =
      "SELECT " + ChangeReader.COLUMNS + " FROM " + ChangeLogTable.NAME + " WHERE id > ?";

  private static final String IN_ORDER = " ORDER BY id";

  private static final int PAGE_CHANGES = 1_000;
  private static final long PAGE_SIZE = 1 << 20;

  /** The watched tables, as far as the log has been read. */
  private final Map<String, Table> tables = new ConcurrentHashMap<>();

  private final ChangeReader reader;
  private final Markers markers;
  private final MomentListener listener;
  private final DeadGapSweep sweep = new DeadGapSweep();
  private final LongAdder reads = new LongAdder();
  private final LongAdder changes = new LongAdder();

  /**
   * Tables with a marker that no reset row has followed yet. What is logged of them meanwhile would
   * make states that the database never had, on top of what the marker does not say; and the reset
   * brings it all.
   */
  private final Set<String> marked = new HashSet<>();

  private Gaps gaps = new Gaps();
  private volatile Position position;
  private volatile @Nullable String damage;

  /** Whether a part of a moment was passed on whose end has not been. */
  private boolean midMoment;

  public MomentReader(
      List<TableVersion> tables, Markers markers, Position start, MomentListener listener) {
    tables.forEach(version -> this.tables.put(version.table().name(), version.table()));
    this.reader =
        new ChangeReader(new RowParsers(name -> Optional.ofNullable(this.tables.get(name))));
    this.markers = markers;
    this.position = start;
    this.listener = listener;
  }

  Position position() {
    return position;
  }

  List<Table> tables() {
    return List.copyOf(tables.values());
  }

  long reads() {
    return reads.sum();
  }

  long changes() {
    return changes.sum();
  }

  Optional<String> damage() {
    return Optional.ofNullable(damage);
  }

  /** How many changes came whose gap had been called dead. */
  long foundDead() {
    return sweep.found();
  }

  /** To be called for each new session: what was seen in another one says nothing in it. */
  void forgetWriters() {
    gaps = new Gaps();
  }

  /**
   * ProbeSchedule for what could still fill the gaps.
   *
   * @return false where nothing can be said of them: retention has deleted what was never read
   */
  boolean observe(Connection opened, GapProof proof) throws SQLException {
    Optional<OpenWriters> sighting = proof.look(opened);
    Ids settled = sighting.isPresent() ? gaps.observe(position.gaps(), sighting.get()) : Ids.NONE;
    Ids there = settled.isEmpty() ? Ids.NONE : LoggedIds.includingUncommitted(opened, settled);
    // Asked last: whatever was deleted when the rows were looked for lies below it.
    if (RetentionFloor.reaches(RetentionFloor.of(opened), position.gaps())) {
      return false;
    }
    gaps.found(there);
    return true;
  }

  /**
   * ProbeSchedule now and then for what was called dead, and passes on what is there all the same.
   */
  void sweep(Connection opened) throws SQLException {
    Ids found = sweep.look(opened, System.nanoTime());
    if (!found.isEmpty()) {
      passLate(opened, found);
    }
  }

  /** Goes on from a position that the one before says nothing of. */
  void restart(Position start, List<TableVersion> versions) {
    versions.forEach(version -> tables.put(version.table().name(), version.table()));
    gaps = new Gaps();
    sweep.forget();
    marked.clear();
    midMoment = false;
    position = start;
    listener.onRestart(start, versions);
  }

  /**
   * One statement, one snapshot: whatever it finds is passed on as one moment.
   *
   * @return whether there was anything new but the canary's own row, which is no sign that more
   *     will come
   */
  public boolean read(Connection opened) throws SQLException {
    Position before = position;
    try (PreparedStatement statement = newsBesides(before.gaps(), opened)) {
      // Row by row: a moment of any size passes through in pages.
      statement.setFetchSize(Integer.MIN_VALUE);
      statement.setLong(1, before.head());
      Page page = new Page();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          long id = ChangeReader.id(rows);
          if (!before.covers(id)) {
            add(page, id, rows);
            if (page.isFull()) {
              pass(page, Ids.NONE, false);
              page = new Page();
            }
          }
        }
      }
      reads.increment();
      Ids dead = gaps.dead(position.with(page.ids.build()).gaps());
      boolean news = !page.isEmpty() || !position.equals(before) || midMoment || !dead.isEmpty();
      if (news) {
        pass(page, dead, true);
      }
      sweep.remember(dead, System.nanoTime());
      return news && !page.isCanary();
    }
  }

  /** Asks for what is above its parameter, and in the gaps. */
  private static PreparedStatement newsBesides(Ids gaps, Connection opened) throws SQLException {
    int type = ResultSet.TYPE_FORWARD_ONLY;
    int concurrency = ResultSet.CONCUR_READ_ONLY;
    return gaps.isEmpty()
        ? opened.prepareStatement(NEWS + IN_ORDER, type, concurrency)
        // Another text each time, which is not worth being prepared by MySQL.
        : opened
            .unwrap(JdbcConnection.class)
            .clientPrepareStatement(
                NEWS + " OR " + IdCondition.in(gaps) + IN_ORDER, type, concurrency);
  }

  private void passLate(Connection opened, Ids found) throws SQLException {
    Page page = new Page();
    try (Statement statement = opened.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT %s FROM %s WHERE %s ORDER BY id"
                    .formatted(ChangeReader.COLUMNS, ChangeLogTable.NAME, IdCondition.in(found)))) {
      while (rows.next()) {
        add(page, ChangeReader.id(rows), rows);
      }
    }
    pass(page, Ids.NONE, true);
  }

  private void add(Page page, long id, ResultSet row) throws SQLException {
    page.ids.add(id, id);
    page.empty = false;
    try {
      switch (reader.read(row)) {
        case LogRow.Entry(Change change) -> {
          if (!marked.contains(change.table())) {
            page.add(change);
          }
        }
        case LogRow.Marker(String table) -> {
          markers.note(table, id);
          if (markers.areAnswered()) {
            marked.add(table);
          }
        }
        case LogRow.Reset(Table table) -> {
          marked.remove(table.name());
          if (tables.replace(table.name(), table) != null) {
            page.resets.add(new TableVersion(table, id));
          }
        }
      }
    } catch (IllegalArgumentException e) {
      damage =
          "row " + id + " of the change log is nothing that Orderwire writes: " + e.getMessage();
      log.error(damage);
    }
  }

  private void pass(Page page, Ids dead, boolean complete) {
    Position after = position.with(page.ids.build()).withoutGaps(dead);
    position = after;
    midMoment = !complete;
    changes.add(page.changes.size());
    listener.onMoment(page.changes, page.resets, after, complete);
  }

  /** What is passed on at once. */
  private static final class Page {
    private final List<Change> changes = new ArrayList<>();
    private final List<TableVersion> resets = new ArrayList<>();
    private final Ids.Builder ids = new Ids.Builder();
    private boolean empty = true;
    private long size;

    void add(Change change) {
      changes.add(change);
      size += ChangeReader.size(change);
    }

    boolean isFull() {
      return changes.size() >= PAGE_CHANGES || size >= PAGE_SIZE;
    }

    boolean isEmpty() {
      return empty;
    }

    /** Whether all it has is the canary's. */
    boolean isCanary() {
      return !changes.isEmpty()
          && resets.isEmpty()
          && changes.stream().allMatch(change -> change.table().equals(CanaryTable.NAME));
    }
  }
}
