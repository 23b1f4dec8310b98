package dev.orderwire.judge;

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
 * Changes the watched tables while writers write, as people and their tools do: columns, keys, and
 * whole tables; now and then somebody drops a trigger or the change log.
 */
final class SchemaChanges implements Runnable {
  private static final List<String> TYPES =
      List.of(
          "INT NULL",
          "VARCHAR(40) NOT NULL DEFAULT 'new'",
          "DECIMAL(8,3) NOT NULL DEFAULT 1.5",
          "DATETIME(6) NULL",
          "BIGINT UNSIGNED NOT NULL DEFAULT 7");

  private final Chance chance;
  private final Plan plan;
  private final Database database;
  private final Gates gates;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private final Map<String, List<String>> extraColumns = new ConcurrentHashMap<>();
  private int names;
  private volatile boolean idle = true;
  private volatile boolean droppedLog;

  SchemaChanges(
      Plan plan, Database database, Gates gates, Phase phase, Findings findings, Tally tally) {
    this.chance = new Chance(plan.seed(), "schema");
    this.plan = plan;
    this.database = database;
    this.gates = gates;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
  }

  /** Whether nothing is under way and every table is in its place. It stays so until the load. */
  boolean isIdle() {
    return idle;
  }

  /** Whether the change log was dropped since this was asked last. */
  boolean droppedLog() {
    boolean dropped = droppedLog;
    droppedLog = false;
    return dropped;
  }

  /** The columns beyond those that a table always has, as they were a moment ago. */
  List<String> extraColumns(String table) {
    return extraColumns.getOrDefault(table, List.of());
  }

  @Override
  public void run() {
    try {
      while (phase.awaitLoad() && plan.changesTheSchema()) {
        idle = false;
        while (phase.isLoading()) {
          phase.pause(Duration.ofMillis(chance.between(100, 2_500)));
          one();
        }
        awaitMended();
        idle = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void one() throws InterruptedException {
    WatchedTable table = chance.of(WatchedTables.ALL);
    int lives = database.livesBegun();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION lock_wait_timeout = 5");
      mend(statement);
      int share = chance.below(100);
      if (share < 2 && plan.trouble().contains(Trouble.LOG)) {
        // Before: MySQL may die behind it, and nobody would know that it was done.
        droppedLog = true;
        statement.execute("DROP TABLE orderwire_change_log");
        tally.count(Tally.Group.SCHEMA, "DROP of the change log");
      } else if (share < 12 && plan.trouble().contains(Trouble.TRIGGER) && table.isExpendable()) {
        dropTrigger(statement, table);
      } else if (plan.trouble().contains(Trouble.SCHEMA)) {
        change(statement, table);
      }
    } catch (SQLException e) {
      failed(table, e, database.hasDiedSince(lives));
    }
  }

  private void failed(WatchedTable table, SQLException e, boolean died) {
    if (MysqlError.isOfTheApplication(e) || e.getErrorCode() == MysqlError.DUPLICATE_KEY) {
      // InnoDB's online ALTER may meet a key twice that writers are just replacing.
      tally.count(Tally.Group.SCHEMA, "tried in vain on a table that was in use");
    } else if (!(MysqlError.isLostConnection(e) && died)) {
      findings.add(Findings.Kind.FAILED_WRITE, "schema change of " + table.name(), e.toString());
    }
  }

  private void change(Statement statement, WatchedTable table)
      throws SQLException, InterruptedException {
    String name = table.name();
    List<String> extra = readExtraColumns(statement, name);
    extraColumns.put(name, extra);
    switch (chance.below(10)) {
      case 0, 1 -> add(statement, name);
      case 2 -> {
        if (!extra.isEmpty()) {
          alter(statement, name, "DROP COLUMN", chance.of(extra));
        }
      }
      case 3 -> {
        if (!extra.isEmpty()) {
          alter(statement, name, "RENAME COLUMN", chance.of(extra) + " TO " + newName());
        }
      }
      case 4 -> {
        if (!extra.isEmpty()) {
          alter(statement, name, "MODIFY COLUMN", chance.of(extra) + " VARCHAR(60) NULL");
        }
      }
      case 5 -> {
        if (!table.keys().isEmpty()) {
          alter(statement, name, "", chance.of(table.keys()));
        }
      }
      case 6 -> away(statement, name);
      case 7 -> copyAndSwap(statement, table);
      case 8 -> createAnew(statement, table);
      default -> {
        if (table.isExpendable()) {
          statement.execute("TRUNCATE TABLE " + name);
          tally.count(Tally.Group.SCHEMA, "TRUNCATE");
        }
      }
    }
  }

  private void add(Statement statement, String table) throws SQLException {
    String place = chance.percent(30) ? " FIRST" : "";
    alter(statement, table, "ADD COLUMN", newName() + " " + chance.of(TYPES) + place);
  }

  private void alter(Statement statement, String table, String what, String rest)
      throws SQLException {
    statement.execute("ALTER TABLE %s %s %s".formatted(table, what, rest));
    tally.count(Tally.Group.SCHEMA, what.isEmpty() ? "another key" : what);
  }

  private String newName() {
    return "x" + ++names;
  }

  private void away(Statement statement, String table) throws SQLException, InterruptedException {
    gates.shut(table);
    try {
      statement.execute("RENAME TABLE %s TO %s_away".formatted(table, table));
      phase.pause(Duration.ofMillis(chance.below(1_500)));
      statement.execute("RENAME TABLE %s_away TO %s".formatted(table, table));
      tally.count(Tally.Group.SCHEMA, "RENAME TABLE away and back");
    } finally {
      awaitMended();
      gates.open(table);
    }
  }

  /** As pt-online-schema-change and gh-ost end; what is written meanwhile may stay behind. */
  private void copyAndSwap(Statement statement, WatchedTable table)
      throws SQLException, InterruptedException {
    String name = table.name();
    if (!table.isExpendable()) {
      gates.shut(name);
    }
    try {
      String columns = String.join(", ", table.columns());
      statement.execute("CREATE TABLE %s_new LIKE %s".formatted(name, name));
      statement.execute(
          "ALTER TABLE %s_new ADD COLUMN %s %s".formatted(name, newName(), chance.of(TYPES)));
      statement.execute(
          "INSERT INTO %s_new (%s) SELECT %s FROM %s".formatted(name, columns, columns, name));
      statement.execute(
          "RENAME TABLE %s TO %s_old, %s_new TO %s".formatted(name, name, name, name));
    } finally {
      if (!table.isExpendable()) {
        gates.open(name);
      }
    }
    phase.pause(Duration.ofMillis(chance.below(2_000)));
    statement.execute("DROP TABLE %s_old".formatted(name));
    tally.count(Tally.Group.SCHEMA, "copy and swap");
  }

  private void createAnew(Statement statement, WatchedTable table)
      throws SQLException, InterruptedException {
    if (table.isExpendable()) {
      gates.shut(table.name());
      try {
        statement.execute("DROP TABLE " + table.name());
        statement.execute(table.createSql());
        tally.count(Tally.Group.SCHEMA, "DROP and CREATE TABLE");
      } finally {
        awaitMended();
        gates.open(table.name());
      }
    }
  }

  private void dropTrigger(Statement statement, WatchedTable table) throws SQLException {
    String event = chance.of(List.of("insert", "update", "delete"));
    statement.execute("DROP TRIGGER IF EXISTS orderwire_%s_%s".formatted(table.name(), event));
    tally.count(Tally.Group.SCHEMA, "DROP of a trigger");
  }

  private void awaitMended() throws InterruptedException {
    while (!mended()) {
      Thread.sleep(200);
    }
  }

  private boolean mended() {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION lock_wait_timeout = 5");
      mend(statement);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Ends what a crash of MySQL, or a table in use, has cut short. */
  private static void mend(Statement statement) throws SQLException {
    for (WatchedTable table : WatchedTables.ALL) {
      String name = table.name();
      List<String> there =
          texts(
              statement,
              "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
                  + " AND table_name LIKE '"
                  + name
                  + "%'");
      if (there.contains(name + "_away")) {
        statement.execute("RENAME TABLE %s_away TO %s".formatted(name, name));
      } else if (!there.contains(name)) {
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
