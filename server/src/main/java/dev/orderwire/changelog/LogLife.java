package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.Query;
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
 * One life of the change log. Its epoch is kept in the {@link StateTable} together with what tells
 * this life from the next: when the table was created, and InnoDB's number of it, which a TRUNCATE
 * changes, where the user may see that (PROCESS). A log that was dropped, truncated, rebuilt or
 * restored does not fit what is kept, and gets an epoch of its own.
 *
 * @param created when, as MySQL says it
 * @param number InnoDB's number of the table; null where the user may not see it
 */
public record LogLife(String created, @Nullable String number) {
  public static final String STATE = "epoch";

  private static final int EPOCH_LENGTH = 10;

  /** That of the log which is there now; empty where there is none. */
  public static Optional<LogLife> now(Connection connection) throws SQLException {
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
        new LogLife(created.getFirst(), TableIds.of(connection, ChangeLogTable.NAME).orElse(null)));
  }

  /**
   * Ends a life whose newest ids are gone: by a TRUNCATE that its number could not tell, by a crash
   * of a MySQL that does not write each commit to the disk, or by a failover. Other changes would
   * get those ids.
   *
   * @param seen an id that was visible
   * @return whether it was so
   */
  public static boolean endWithout(Connection connection, long seen) throws SQLException {
    if (LoggedIds.newestId(connection) >= seen) {
      return false;
    }
    StateTable.remove(connection, STATE);
    return true;
  }

  /** The epoch of this life; empty where none has been given to it yet. */
  public Optional<String> epoch(Connection connection) throws SQLException {
    return epochIn(StateTable.read(connection, STATE));
  }

  private Optional<String> epochIn(Optional<JsonNode> state) {
    return state.filter(this::isThatOf).map(value -> value.path("epoch").asString());
  }

  private boolean isThatOf(JsonNode value) {
    String known = value.path("number").asString("");
    return value.path("created").asString("").equals(created)
        && (number == null || known.isEmpty() || known.equals(number));
  }

  /**
   * Gives this life an epoch, unless it has one. Servers may do so at once: all get the same. What
   * was kept of the life before is forgotten.
   *
   * @param resetRows takes note of the tables
   * @param tables the watched tables, as they are at the beginning of this life
   */
  public void ensureEpoch(Connection connection, List<Table> tables, ResetRows resetRows)
      throws SQLException {
    Optional<JsonNode> known = StateTable.read(connection, STATE);
    if (epochIn(known).isPresent() && (number == null || known.get().has("number"))) {
      return;
    }
    Transaction.run(
        connection,
        () -> {
          Optional<String> epoch = epochIn(StateTable.lock(connection, STATE));
          if (epoch.isEmpty()) {
            // A table that is not there just now may be watched all the same.
            ResetRows.forgetAll(connection);
            StateTable.remove(connection, StateTable.MARKERS);
            StateTable.remove(connection, RetentionFloor.STATE);
            for (Table table : tables) {
              resetRows.begin(connection, table);
            }
          }
          var value = JsonMapper.shared().createObjectNode();
          value.put("epoch", epoch.orElseGet(LogLife::newEpoch)).put("created", created);
          if (number != null) {
            value.put("number", number);
          }
          StateTable.write(connection, STATE, value);
          return true;
        });
  }

  /** What {@link #ensureEpoch} does, as one statement for a script. */
  public static String ensureEpochSql() {
    return """
    INSERT INTO %s (name, value)
      SELECT '%s', JSON_OBJECT('epoch', '%s', 'created', DATE_FORMAT(create_time, '%%Y-%%m-%%d %%H:%%i:%%s'))
        FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '%s'
      ON DUPLICATE KEY UPDATE
        value = IF(value->>'$.created' = JSON_UNQUOTE(JSON_EXTRACT(VALUES(value), '$.created')),
                   value, VALUES(value))\
    """
        .formatted(StateTable.NAME, STATE, newEpoch(), ChangeLogTable.NAME);
  }

  static OrderwireException without() {
    return new OrderwireException(
        ErrorCode.NO_EPOCH,
        "the change log %s was replaced, and has no epoch yet: run `orderwire install`, which `orderwire serve` does by itself where install.auto is on."
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
