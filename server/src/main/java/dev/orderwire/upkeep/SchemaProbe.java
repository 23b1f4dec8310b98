package dev.orderwire.upkeep;

import com.mysql.cj.jdbc.JdbcConnection;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects schema changes, cheaply enough to run several times a second. MySQL does the work: it
 * prepares a prepared statement again after any of its tables was altered, emptied, renamed or
 * created again, or gained or lost a trigger, by any user, in the binlog or not. The session counts
 * that ({@code Com_stmt_reprepare}; MySQL Reference Manual, "Caching of Prepared Statements and
 * Stored Programs"; each case was tried on 8.0.15). At times MySQL does so without a schema change,
 * for example after FLUSH TABLES; after DISCARD TABLESPACE and IMPORT TABLESPACE it does not
 * ({@link AlterationCounts}).
 *
 * <p>So a probe is one prepared statement that names all tables, but reads only the change log's
 * newest id and the servers' stored state. It does not wait for a locked table: it then sees
 * nothing, and the next probe that succeeds shows what was done meanwhile. For one thread.
 */
final class SchemaProbe implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SchemaProbe.class);

  /**
   * What a probe saw.
   *
   * @param newestId of the change log, 0 if it is empty; empty if a table is missing or unreadable
   * @param schema equal to that of the previous probe as long as no schema was changed
   */
  record Result(OptionalLong newestId, String schema) {
    boolean isComplete() {
      return newestId.isPresent();
    }
  }

  private static final String STATE =
      "SELECT COALESCE(SHA2(GROUP_CONCAT(name, '|', value ORDER BY name), 256), '') FROM "
          + StateTable.NAME
          + " WHERE name = '"
          + LogIdentity.STATE
          + "' OR name LIKE 'table:%'";

  /** Every user may read it, even with performance_schema off. */
  private static final String PREPARED =
      "SELECT variable_value FROM performance_schema.session_status"
          + " WHERE variable_name = 'Com_stmt_reprepare'";

  private static final int MAX_MILLIS = 250;

  /** The statement took too long (3024), or its wait for a lock (1205). */
  private static final Set<Integer> LOCKED = Set.of(3024, 1205);

  private final Connection connection;
  private final String sql;
  private @Nullable PreparedStatement prepared;

  /**
   * Creates a probe without running it.
   *
   * @param tables the tables to watch besides the change log and the stored state
   */
  SchemaProbe(Connection connection, List<String> tables) {
    this.connection = connection;
    this.sql =
        "SELECT /*+ MAX_EXECUTION_TIME(%d) */ (SELECT COALESCE(MAX(id), 0) FROM %s), (%s), (%s)%s"
            .formatted(
                MAX_MILLIS,
                ChangeLogTable.NAME,
                STATE,
                PREPARED,
                tables.stream()
                    .map(table -> ", (SELECT 1 FROM " + Sql.quote(table) + " LIMIT 0)")
                    .collect(Collectors.joining()));
  }

  /**
   * Runs the probe.
   *
   * @return empty if a table is locked, or if a session waits to lock it, since all others then
   *     wait behind that session
   * @throws SQLException if the connection is lost
   */
  Optional<Result> run() throws SQLException {
    try {
      PreparedStatement statement = prepared();
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Optional.of(
            new Result(OptionalLong.of(row.getLong(1)), row.getString(2) + row.getString(3)));
      }
    } catch (SQLException e) {
      if (LOCKED.contains(e.getErrorCode())) {
        return Optional.empty();
      }
      if (!connection.isValid(1)) {
        throw e;
      }
      log.debug("Not all tables can be read", e);
      return Optional.of(new Result(OptionalLong.empty(), Mysql.reason(e)));
    }
  }

  private PreparedStatement prepared() throws SQLException {
    PreparedStatement existing = prepared;
    if (existing != null) {
      return existing;
    }
    PreparedStatement created = connection.unwrap(JdbcConnection.class).serverPrepareStatement(sql);
    prepared = created;
    return created;
  }

  @Override
  public void close() throws SQLException {
    PreparedStatement open = prepared;
    if (open != null) {
      open.close();
    }
  }
}
