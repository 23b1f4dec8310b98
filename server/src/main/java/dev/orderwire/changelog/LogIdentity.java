package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.ServerInfo;
import dev.orderwire.mysql.TableIds;
import dev.orderwire.mysql.Transaction;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Identifies a change log: its server, the creation time of its table, and InnoDB's table id if the
 * user may see it. The {@link StateTable} stores them together with the epoch. A log that was
 * dropped, truncated, rebuilt or restored does not match them, and gets a new epoch. So does the
 * copy of a log on another server: nobody can tell whether it lacks changes that clients have seen.
 *
 * @param created the creation time, as MySQL formats it
 * @param number InnoDB's {@link TableIds table id}, which a TRUNCATE changes; null if the user may
 *     not see it
 * @param server the server's UUID; empty if it has none
 */
public record LogIdentity(String created, @Nullable String number, String server) {
  /** The name under which the {@link StateTable} stores the epoch. */
  public static final String STATE = "epoch";

  private static final int EPOCH_LENGTH = 10;

  /** The identity of the current change log; empty if there is none. */
  public static Optional<LogIdentity> current(Connection connection) throws SQLException {
    List<String> created =
        Query.list(
            connection,
            """
            SELECT DATE_FORMAT(create_time, '%Y-%m-%d %H:%i:%s') AS created
              FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = ?\
            """,
            row -> row.getString("created"),
            ChangeLogTable.NAME);
    if (created.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new LogIdentity(
            created.getFirst(),
            TableIds.of(connection, ChangeLogTable.NAME).orElse(null),
            ServerInfo.uuid(connection)));
  }

  /**
   * Ends the epoch if the log has lost its newest ids, which other changes would otherwise get: by
   * a TRUNCATE that the user cannot see, by a crash of a MySQL that does not flush each commit to
   * disk, or by a failover.
   *
   * @param seen an id that was visible
   * @return whether the epoch has ended
   */
  public static boolean endIfLost(Connection connection, long seen) throws SQLException {
    if (LoggedIds.newestId(connection) >= seen) {
      return false;
    }
    StateTable.remove(connection, STATE);
    return true;
  }

  /** The epoch of this change log; empty if it has none yet. */
  public Optional<String> epoch(Connection connection) throws SQLException {
    return epochIn(StateTable.read(connection, STATE));
  }

  /**
   * The epoch that stands in the database of a replica, whose tables were created at other times
   * than those of its source; empty if there is none.
   */
  public static Optional<String> copiedEpoch(Connection replica) throws SQLException {
    return StateTable.read(replica, STATE).map(value -> value.path("epoch").asString());
  }

  private Optional<String> epochIn(Optional<JsonNode> state) {
    return state.filter(this::matches).map(value -> value.path("epoch").asString());
  }

  private boolean matches(JsonNode value) {
    String known = value.path("number").asString("");
    return value.path("created").asString("").equals(created)
        && value.path("server").asString(server).equals(server)
        && (number == null || known.isEmpty() || known.equals(number));
  }

  /**
   * Gives this change log an epoch unless it has one, and then forgets the state of the log before.
   * Several servers may call this at once: all get the same epoch.
   *
   * @param tables the watched tables in their current shape
   * @param resetRows stores the shapes
   */
  public void ensureEpoch(Connection connection, List<Table> tables, ResetRows resetRows)
      throws SQLException {
    Optional<JsonNode> known = StateTable.read(connection, STATE);
    if (epochIn(known).isPresent()
        && known.get().has("server")
        && (number == null || known.get().has("number"))) {
      return;
    }
    Transaction.run(
        connection,
        () -> {
          Optional<String> epoch = epochIn(StateTable.lock(connection, STATE));
          if (epoch.isEmpty()) {
            // Also of tables that are missing at the moment: they may be watched too.
            ResetRows.forgetAll(connection);
            OpenMarkers.forget(connection);
            StateTable.remove(connection, RetentionFloor.STATE);
            UnloggedChanges.clear(connection);
            for (Table table : tables) {
              resetRows.begin(connection, table);
            }
          }
          var value = JsonMapper.shared().createObjectNode();
          value
              .put("epoch", epoch.orElseGet(LogIdentity::newEpoch))
              .put("created", created)
              .put("server", server);
          if (number != null) {
            value.put("number", number);
          }
          StateTable.write(connection, STATE, value);
          return true;
        });
  }

  /** One statement for a script that does the same as {@link #ensureEpoch}. */
  public static String ensureEpochSql() {
    return """
    INSERT INTO %s (name, value)
      SELECT '%s', JSON_OBJECT('epoch', '%s', 'server', @@server_uuid,
                               'created', DATE_FORMAT(create_time, '%%Y-%%m-%%d %%H:%%i:%%s'))
        FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '%s'
      ON DUPLICATE KEY UPDATE
        value = IF(value->>'$.created' = JSON_UNQUOTE(JSON_EXTRACT(VALUES(value), '$.created'))
                   AND COALESCE(value->>'$.server', @@server_uuid) = @@server_uuid,
                   value, VALUES(value))\
    """
        .formatted(StateTable.NAME, STATE, newEpoch(), ChangeLogTable.NAME);
  }

  static OrderwireException noEpoch() {
    return new OrderwireException(
        ErrorCode.NO_EPOCH,
        "the change log %s was replaced and has no epoch yet. Run `orderwire install`; `orderwire serve` and `orderwire relay` do this by themselves if install.auto is on."
            .formatted(ChangeLogTable.NAME));
  }

  private static String newEpoch() {
    SecureRandom random = new SecureRandom();
    StringBuilder epoch = new StringBuilder();
    while (epoch.length() < EPOCH_LENGTH) {
      epoch.append(Integer.toString(random.nextInt(36), 36));
    }
    return epoch.toString();
  }
}
