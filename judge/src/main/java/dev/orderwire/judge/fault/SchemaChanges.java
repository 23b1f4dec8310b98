package dev.orderwire.judge.fault;

import dev.orderwire.judge.run.Fault;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.MysqlError;
import dev.orderwire.judge.table.TableLocks;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Changes the schema of the watched tables while writers write, as administrators and their tools
 * do: columns, keys, and whole tables. It also drops triggers and the change log.
 */
public final class SchemaChanges implements Runnable {
  private static final List<String> TYPES =
      List.of(
          "INT NULL",
          "VARCHAR(40) NOT NULL DEFAULT 'new'",
          "DECIMAL(8,3) NOT NULL DEFAULT 1.5",
          "DATETIME(6) NULL",
          "BIGINT UNSIGNED NOT NULL DEFAULT 7");

  private final SeededRandom random;
  private final Plan plan;
  private final Database database;
  private final TableLocks locks;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private final Map<String, List<String>> extraColumns = new ConcurrentHashMap<>();
  private int names;
  private volatile boolean idle = true;
  private volatile boolean droppedLog;

  public SchemaChanges(
      Plan plan, Database database, TableLocks locks, Phase phase, Findings findings, Tally tally) {
    this.random = new SeededRandom(plan.seed(), "schema");
    this.plan = plan;
    this.database = database;
    this.locks = locks;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
  }

  /**
   * Whether no change is in progress and every table exists. Once true, it stays so until the next
   * load.
   */
  public boolean isIdle() {
    return idle;
  }

  /** Whether the change log was dropped since the last call. */
  public boolean takeDroppedLog() {
    boolean dropped = droppedLog;
    droppedLog = false;
    return dropped;
  }

  /** The columns that changes added to a table, as they were at its last change. */
  public List<String> extraColumns(String table) {
    return extraColumns.getOrDefault(table, List.of());
  }

  @Override
  public void run() {
    try {
      while (phase.awaitLoad() && plan.changesSchema()) {
        idle = false;
        while (phase.isLoading()) {
          phase.pause(Duration.ofMillis(random.between(100, 2_500)));
          changeOne();
        }
        awaitRepaired();
        idle = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void changeOne() throws InterruptedException {
    WatchedTable table = random.pick(WatchedTables.ALTERED);
    int starts = database.starts();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION lock_wait_timeout = 5");
      repair(statement);
      int share = random.below(100);
      if (share < 2 && plan.faults().contains(Fault.LOG)) {
        // Set before: if MySQL dies right after the statement, its success is unknown.
        droppedLog = true;
        // It may still be missing since the last time.
        statement.execute("DROP TABLE IF EXISTS orderwire_change_log");
        tally.count(Tally.Group.SCHEMA, "DROP TABLE of the change log");
      } else if (share < 12 && plan.faults().contains(Fault.TRIGGER) && table.isExpendable()) {
        dropTrigger(statement, table);
      } else if (plan.faults().contains(Fault.SCHEMA)) {
        change(statement, table);
      }
    } catch (SQLException e) {
      failed(table, e, database.wasKilledSince(starts));
    }
  }

  private void failed(WatchedTable table, SQLException e, boolean killed) {
    if (MysqlError.isExpected(e) || e.getErrorCode() == MysqlError.DUPLICATE_KEY) {
      // InnoDB's online ALTER may see a key twice that a writer is replacing.
      tally.count(Tally.Group.SCHEMA, "failed on a table in use");
    } else if (!(MysqlError.isLostConnection(e) && killed)) {
      findings.add(Findings.Kind.FAILED_WRITE, "schema change of " + table.name(), e.toString());
    }
  }

  private void change(Statement statement, WatchedTable table)
      throws SQLException, InterruptedException {
    String name = table.name();
    List<String> extra = readExtraColumns(statement, name);
    extraColumns.put(name, extra);
    switch (random.below(10)) {
      case 0, 1 -> addColumn(statement, name);
      case 2 -> {
        if (!extra.isEmpty()) {
          alter(statement, name, "DROP COLUMN", random.pick(extra));
        }
      }
      case 3 -> {
        if (!extra.isEmpty()) {
          alter(statement, name, "RENAME COLUMN", random.pick(extra) + " TO " + newName());
        }
      }
      case 4 -> {
        if (!extra.isEmpty()) {
          alter(statement, name, "MODIFY COLUMN", random.pick(extra) + " VARCHAR(60) NULL");
        }
      }
      case 5 -> {
        if (!table.keyChanges().isEmpty()) {
          alter(statement, name, "", random.pick(table.keyChanges()));
        }
      }
      case 6 -> renameAwayAndBack(statement, name);
      case 7 -> copyAndSwap(statement, table);
      case 8 -> dropAndCreate(statement, table);
      default -> {
        if (table.isExpendable()) {
          statement.execute("TRUNCATE TABLE " + name);
          tally.count(Tally.Group.SCHEMA, "TRUNCATE");
        }
      }
    }
  }

  private void addColumn(Statement statement, String table) throws SQLException {
    String place = random.percent(30) ? " FIRST" : "";
    alter(statement, table, "ADD COLUMN", newName() + " " + random.pick(TYPES) + place);
  }

  private void alter(Statement statement, String table, String action, String rest)
      throws SQLException {
    statement.execute("ALTER TABLE %s %s %s".formatted(table, action, rest));
    tally.count(Tally.Group.SCHEMA, action.isEmpty() ? "primary key change" : action);
  }

  private String newName() {
    return "x" + ++names;
  }

  private void renameAwayAndBack(Statement statement, String table)
      throws SQLException, InterruptedException {
    locks.acquireExclusive(table);
    try {
      statement.execute("RENAME TABLE %s TO %s_away".formatted(table, table));
      phase.pause(Duration.ofMillis(random.below(1_500)));
      statement.execute("RENAME TABLE %s_away TO %s".formatted(table, table));
      tally.count(Tally.Group.SCHEMA, "RENAME TABLE away and back");
    } finally {
      awaitRepaired();
      locks.releaseExclusive(table);
    }
  }

  /**
   * Copies the table and swaps it with its copy, as pt-online-schema-change and gh-ost do in the
   * end. Writes in between may be lost.
   */
  private void copyAndSwap(Statement statement, WatchedTable table)
      throws SQLException, InterruptedException {
    String name = table.name();
    if (!table.isExpendable()) {
      locks.acquireExclusive(name);
    }
    try {
      String columns = String.join(", ", table.writtenColumns());
      statement.execute("CREATE TABLE %s_new LIKE %s".formatted(name, name));
      statement.execute(
          "ALTER TABLE %s_new ADD COLUMN %s %s".formatted(name, newName(), random.pick(TYPES)));
      statement.execute(
          "INSERT INTO %s_new (%s) SELECT %s FROM %s".formatted(name, columns, columns, name));
      statement.execute(
          "RENAME TABLE %s TO %s_old, %s_new TO %s".formatted(name, name, name, name));
    } finally {
      if (!table.isExpendable()) {
        locks.releaseExclusive(name);
      }
    }
    phase.pause(Duration.ofMillis(random.below(2_000)));
    statement.execute("DROP TABLE %s_old".formatted(name));
    tally.count(Tally.Group.SCHEMA, "copy and swap");
  }

  private void dropAndCreate(Statement statement, WatchedTable table)
      throws SQLException, InterruptedException {
    if (table.isExpendable()) {
      locks.acquireExclusive(table.name());
      try {
        statement.execute("DROP TABLE " + table.name());
        statement.execute(table.createSql());
        tally.count(Tally.Group.SCHEMA, "DROP and CREATE TABLE");
      } finally {
        awaitRepaired();
        locks.releaseExclusive(table.name());
      }
    }
  }

  private void dropTrigger(Statement statement, WatchedTable table) throws SQLException {
    String event = random.pick(List.of("insert", "update", "delete"));
    statement.execute("DROP TRIGGER IF EXISTS orderwire_%s_%s".formatted(table.name(), event));
    tally.count(Tally.Group.SCHEMA, "DROP TRIGGER");
  }

  private void awaitRepaired() throws InterruptedException {
    while (!repaired()) {
      Thread.sleep(200);
    }
  }

  private boolean repaired() {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION lock_wait_timeout = 5");
      repair(statement);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Completes changes that were interrupted by a crash of MySQL or a table in use. */
  private static void repair(Statement statement) throws SQLException {
    for (WatchedTable table : WatchedTables.ALTERED) {
      String name = table.name();
      List<String> existing =
          texts(
              statement,
              "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
                  + " AND table_name LIKE '"
                  + name
                  + "%'");
      if (existing.contains(name + "_away")) {
        statement.execute("RENAME TABLE %s_away TO %s".formatted(name, name));
      } else if (!existing.contains(name)) {
        statement.execute(table.createSql());
      }
      statement.execute("DROP TABLE IF EXISTS %s_new, %s_old".formatted(name, name));
    }
  }

  private static List<String> readExtraColumns(Statement statement, String table)
      throws SQLException {
    return texts(
        statement,
        "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
            + " AND table_name = '%s' AND column_name REGEXP '^x[0-9]+$'".formatted(table));
  }

  private static List<String> texts(Statement statement, String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
