package dev.orderwire.tail;

import com.mysql.cj.jdbc.JdbcConnection;
import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.IdCondition;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.changelog.row.ChangeReader;
import dev.orderwire.changelog.row.LogRow;
import dev.orderwire.changelog.row.RowParsers;
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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads new changes from the change log, and delivers what each read found as one moment: a read is
 * one statement, and so sees one consistent state of the database. One thread reads; any thread may
 * ask for the position and the counters.
 */
final class MomentReader {
  private static final Logger log = LoggerFactory.getLogger(MomentReader.class);

  /** The rows above the head, and the row at the head, by which a replaced log shows. */
  private static final String FROM_HEAD =
      "SELECT %s FROM %s WHERE id >= ?"
          .formatted(ChangeReader.COLUMNS_BUT_IMAGES_OF_ONE, ChangeLogTable.NAME);

  private static final String IN_ORDER = " ORDER BY id";

  /** The watched tables at {@link #position}, in the order of the settings. */
  private final Map<String, TableVersion> tables = new LinkedHashMap<>();

  private final ChangeReader reader;
  private final Markers markers;
  private final MomentListener listener;
  private final DeadGapSweep sweep = new DeadGapSweep();
  private final ReadProgress progress = new ReadProgress();
  private final LongAdder reads = new LongAdder();
  private final LongAdder changes = new LongAdder();

  private Gaps gaps = new Gaps();
  private volatile Position position;

  /** The newest row of each table that could not be read, until the table is reset. */
  private final Map<String, String> unreadable = new ConcurrentHashMap<>();

  /** The row at the head, as it was read; null if it is not known. */
  private @Nullable String headRow;

  /** Whether a moment was delivered in part, and its end was not. */
  private boolean midMoment;

  /** Whether this itself read that part: its end is known to the next read alone. */
  private boolean midRead;

  /** When the last read began that came to its end: what it did not find was not visible then. */
  private Instant lastRead = Instant.now();

  MomentReader(
      List<TableVersion> tables, Markers markers, Position start, MomentListener listener) {
    tables.forEach(version -> this.tables.put(version.table().name(), version));
    this.reader = new ChangeReader(new RowParsers(this::shape));
    this.markers = markers;
    this.position = start;
    this.listener = listener;
  }

  Position position() {
    return position;
  }

  /** For the reading thread. */
  List<Table> tables() {
    return tables.values().stream().map(TableVersion::table).toList();
  }

  private Optional<Table> shape(String name) {
    return Optional.ofNullable(tables.get(name)).map(TableVersion::table);
  }

  long reads() {
    return reads.sum();
  }

  long changes() {
    return changes.sum();
  }

  Optional<String> unreadableRow() {
    return unreadable.values().stream().findFirst();
  }

  /** What a read, or several in a row, have done so far if they take long. */
  Optional<TailStatus.Behind> behind() {
    return progress.behind();
  }

  /** How many changes were found after their gap was declared dead. */
  long foundDead() {
    return sweep.found();
  }

  /** Call this for each new session: what was observed in another one is not valid in it. */
  void forgetObservations() {
    gaps = new Gaps();
    headRow = null;
  }

  /** Call this when a read has failed. */
  void forgetProgress() {
    progress.forget();
  }

  /**
   * Checks which gaps could still be filled, and by whom.
   *
   * @return false if that cannot be known, since retention has deleted changes that were never read
   */
  boolean checkGaps(Connection opened, GapProof proof) throws SQLException {
    Optional<OpenWriters> writers = proof.findWriters(opened);
    Ids ready = writers.isPresent() ? gaps.observe(position.gaps(), writers.get()) : Ids.NONE;
    Ids logged = ready.isEmpty() ? Ids.NONE : LoggedIds.includingUncommitted(opened, ready);
    // Read last: rows that were deleted before the lookup are then below the floor.
    if (RetentionFloor.reaches(RetentionFloor.of(opened), position.gaps())) {
      return false;
    }
    gaps.resolve(logged);
    return true;
  }

  /**
   * Delivers changes that became visible after their gap was declared dead. Looks for them at most
   * once a second.
   */
  void sweep(Connection opened) throws SQLException {
    Ids found = sweep.find(opened, position.epoch(), System.nanoTime());
    if (!found.isEmpty()) {
      deliverLate(opened, found);
    }
  }

  /** Passes on the markers from before the position. Call it before the first read. */
  void begin() {
    tables.values().stream()
        .filter(TableVersion::isHeld)
        .forEach(version -> markers.add(version.table().name(), version.marker()));
  }

  /** Continues from a position that is unrelated to the current one. */
  void restart(Position start, List<TableVersion> versions) {
    versions.forEach(version -> tables.put(version.table().name(), version));
    gaps = new Gaps();
    sweep.clear();
    unreadable.clear();
    midMoment = false;
    midRead = false;
    headRow = null;
    position = start;
    lastRead = Instant.now();
    listener.onRestart(start, versions);
    begin();
  }

  /**
   * Reads once, and delivers what it found as one moment.
   *
   * @return whether it found anything new besides the canary's own row, which is no sign that more
   *     changes will follow
   */
  boolean read(Connection opened) throws SQLException {
    Position before = position;
    Instant began = Instant.now();
    progress.begin();
    try (PreparedStatement statement = newRows(before.gaps(), opened)) {
      // Row by row, so that a moment of any size is delivered in pages.
      statement.setFetchSize(Integer.MIN_VALUE);
      for (int parameter = 1; parameter <= 3; parameter++) {
        statement.setLong(parameter, before.head());
      }
      Page page = new Page();
      boolean isSameLog = headRow == null;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          progress.row();
          long id = ChangeReader.id(rows);
          if (id == before.head()) {
            isSameLog = isHeadRow(ChangeReader.identity(rows));
          }
          if (id >= before.head() && !isSameLog) {
            break;
          }
          if (!before.covers(id)) {
            add(page, id, rows);
            if (page.isFull()) {
              deliver(page, Ids.NONE, false, lastRead);
              page = new Page();
            }
          }
        }
      }
      if (!isSameLog) {
        headRow = null;
        throw new SQLException(
            "the newest row that was read, %d, is gone: the log was replaced, or has lost rows"
                .formatted(before.head()));
      }
      reads.increment();
      Ids dead = gaps.takeDead(position.with(page.ids()).gaps());
      boolean found = !page.isEmpty() || !position.equals(before) || midMoment || !dead.isEmpty();
      if (found) {
        deliver(page, dead, true, lastRead);
      }
      sweep.add(dead, System.nanoTime());
      lastRead = began;
      progress.end();
      return found && !page.isCanary();
    }
  }

  /**
   * Delivers what another process has read, as far as it is new.
   *
   * @return false if changes before it are missing here: they must be read first. So must the rest
   *     of a moment that was read in part: the step may be from before it
   */
  boolean take(Upstream.Next.Step step) {
    Position before = position;
    if (midRead
        || !before.epoch().equals(step.from().epoch())
        || !before.coversAllOf(step.from())) {
      return false;
    }
    Page page = new Page();
    step.markers()
        .forEach((table, id) -> {
          if (!before.covers(id)) {
            mark(table, id);
          }
        });
    step.resets().stream()
        .filter(reset -> !before.covers(reset.resetId()))
        .forEach(reset -> reset(page, reset));
    step.changes().stream().filter(change -> !before.covers(change.id())).forEach(page::add);
    Position after = before.and(step.to());
    lastRead = Instant.now();
    if (page.changes().isEmpty()
        && page.resets().isEmpty()
        && after.equals(before)
        && midMoment != step.complete()) {
      return true;
    }
    position = after;
    headRow = null;
    midMoment = !step.complete();
    changes.add(page.changes().size());
    // When it became visible, only its sender knows.
    listener.onMoment(page.changes(), page.resets(), after, step.complete(), Instant.EPOCH);
    return true;
  }

  private void reset(Page page, TableVersion reset) {
    String table = reset.table().name();
    unreadable.remove(table);
    if (tables.computeIfPresent(table, (_, known) -> known.orNewer(reset)) != null) {
      page.add(reset);
    }
  }

  private boolean isHeadRow(String identity) {
    boolean isSame = headRow == null || headRow.equals(identity);
    headRow = identity;
    return isSame;
  }

  /** Selects the row at the head, the rows above it and in the gaps. */
  private static PreparedStatement newRows(Ids gaps, Connection opened) throws SQLException {
    int type = ResultSet.TYPE_FORWARD_ONLY;
    int concurrency = ResultSet.CONCUR_READ_ONLY;
    return gaps.isEmpty()
        ? opened.prepareStatement(FROM_HEAD + IN_ORDER, type, concurrency)
        // Its text differs each time, so MySQL need not prepare it.
        : opened
            .unwrap(JdbcConnection.class)
            .clientPrepareStatement(
                FROM_HEAD + " OR " + IdCondition.in(gaps) + IN_ORDER, type, concurrency);
  }

  private void deliverLate(Connection opened, Ids found) throws SQLException {
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
    deliver(page, Ids.NONE, true, Instant.EPOCH);
  }

  private void add(Page page, long id, ResultSet row) throws SQLException {
    page.addRow(id, row);
    try {
      switch (reader.read(row)) {
        case LogRow.Entry(Change change) -> {
          if (!isHeld(change.table())) {
            page.add(change);
          }
        }
        case LogRow.Marker(String table) -> mark(table, id);
        case LogRow.Reset(Table table) -> reset(page, new TableVersion(table, id));
      }
    } catch (IllegalArgumentException e) {
      markUnreadable(ChangeReader.table(row), id, e);
    }
  }

  /** A marker stands for a change that is missing: the table has to be read anew. */
  private void mark(String table, long id) {
    markers.add(table, id);
    tables.computeIfPresent(table, (_, known) -> known.withMarker(id));
  }

  /**
   * Whether a marker of the table waits for its reset row. Until then its changes are not
   * delivered: without those that the marker stands for, they would make states that the database
   * never had. The reset brings them all.
   */
  private boolean isHeld(String table) {
    TableVersion version = tables.get(table);
    return version != null && version.isHeld() && markers.expectsResets();
  }

  private void markUnreadable(String table, long id, IllegalArgumentException cause) {
    String found =
        "row %d of the change log is not one that Orderwire writes; its change is not delivered: %s"
            .formatted(id, cause.getMessage());
    log.error(found);
    unreadable.put(table, found);
    if (tables.containsKey(table)) {
      mark(table, id);
    }
  }

  private void deliver(Page page, Ids dead, boolean complete, Instant notBefore) {
    Position after = position.with(page.ids()).withoutGaps(dead);
    if (page.newest() > position.head()) {
      headRow = page.newestRow();
    }
    position = after;
    midMoment = !complete;
    midRead = !complete;
    changes.add(page.changes().size());
    listener.onMoment(page.changes(), page.resets(), after, complete, notBefore);
  }
}
