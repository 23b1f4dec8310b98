package dev.orderwire.upkeep;

import com.mysql.cj.jdbc.JdbcConnection;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Sql;
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
 * Whether anything was done to tables, asked for so little that it can be asked several times a
 * second. MySQL keeps watch itself: a prepared statement is prepared anew where one of its tables
 * was altered, emptied, renamed or made again, or got or lost a trigger, whoever did so and whether
 * or not it is in the binlog, and the session counts how often ({@code Com_stmt_reprepare}; MySQL
 * Reference Manual, "Caching of Prepared Statements and Stored Programs"; each of these was tried
 * on 8.0.15). It is done now and then for nothing, as after a FLUSH TABLES.
 *
 * <p>So this is a statement that reads nothing of the tables but the change log's newest id, and
 * what the servers keep. It waits for no table: where one is locked, it sees nothing, and what was
 * done meanwhile shows in the next one that does. For one thread.
 */
final class SchemaProbe implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SchemaProbe.class);

  /**
   * What was seen.
   *
   * @param newestId of the change log, 0 where it is empty; empty where a table is missing, or not
   *     to be read
   * @param signs equal to those of the glance before as long as nothing was done
   */
  record Seen(OptionalLong newestId, String signs) {
    boolean isWhole() {
      return newestId.isPresent();
    }
  }

  private static final String STATE =
      "SELECT COALESCE(SHA2(GROUP_CONCAT(name, '|', value ORDER BY name), 256), '') FROM "
          + StateTable.NAME
          + " WHERE name = '"
          + LogIdentity.STATE
          + "' OR name LIKE 'table:%'";

  /** For everybody to read, also with performance_schema off. */
  private static final String PREPARED =
      "SELECT variable_value FROM performance_schema.session_status"
          + " WHERE variable_name = 'Com_stmt_reprepare'";

  private static final int MOST_MILLIS = 250;

  /** It took too long: the statement (3024), or the wait for a lock (1205). */
  private static final Set<Integer> LOCKED = Set.of(3024, 1205);

  private final Connection connection;
  private final String sql;
  private @Nullable PreparedStatement prepared;

  /**
   * @param connection whose {@code group_concat_max_len} is large enough for what the servers keep
   * @param tables besides the change log and what the servers keep
   */
  SchemaProbe(Connection connection, List<String> tables) {
    this.connection = connection;
    this.sql =
        "SELECT /*+ MAX_EXECUTION_TIME(%d) */ (SELECT COALESCE(MAX(id), 0) FROM %s), (%s), (%s)%s"
            .formatted(
                MOST_MILLIS,
                ChangeLogTable.NAME,
                STATE,
                PREPARED,
                tables.stream()
                    .map(table -> ", (SELECT 1 FROM " + Sql.quote(table) + " LIMIT 0)")
                    .collect(Collectors.joining()));
  }

  /**
   * Empty where a table is locked, or somebody waits for it to be free, behind whom all others have
   * to wait.
   *
   * @throws SQLException where the connection is lost
   */
  Optional<Seen> take() throws SQLException {
    try {
      PreparedStatement statement = prepared();
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Optional.of(
            new Seen(OptionalLong.of(row.getLong(1)), row.getString(2) + row.getString(3)));
      }
    } catch (SQLException e) {
      if (LOCKED.contains(e.getErrorCode())) {
        return Optional.empty();
      }
      if (!connection.isValid(1)) {
        throw e;
      }
      log.debug("not all tables are to be seen", e);
      return Optional.of(new Seen(OptionalLong.empty(), Mysql.reason(e)));
    }
  }

  private PreparedStatement prepared() throws SQLException {
    PreparedStatement known = prepared;
    if (known != null) {
      return known;
    }
    PreparedStatement made = connection.unwrap(JdbcConnection.class).serverPrepareStatement(sql);
    prepared = made;
    return made;
  }

  @Override
  public void close() throws SQLException {
    PreparedStatement open = prepared;
    if (open != null) {
      open.close();
    }
  }
}
