package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The markers that no reset row has followed yet. A server must know them before it delivers or
 * replays a change: the server that read them may have died before it wrote the reset row.
 */
public final class OpenMarkers {
  /** Up to which id of the change log a reset row has followed every marker. */
  private static final String STATE = "markers";

  private static final String NEWEST =
      "SELECT table_name, MAX(id) AS marker FROM "
          + ChangeLogTable.NAME
          + " WHERE id > %d AND "
          + ChangeLogTable.IS_MARKER
          + " GROUP BY table_name";

  private record Marker(String table, long id) {}

  private OpenMarkers() {}

  /**
   * The same versions with their markers. Reads the change log from the id on that was {@link
   * #settled} last.
   *
   * @throws OrderwireException {@code no_change_log}, {@code mysql_unavailable}
   */
  public static List<TableVersion> of(Mysql mysql, List<TableVersion> versions) {
    try (Connection connection = mysql.connect()) {
      return of(connection, versions);
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  /** As {@link #of(Mysql, List)}. */
  public static List<TableVersion> of(Connection connection, List<TableVersion> versions)
      throws SQLException {
    Map<String, Long> markers = new HashMap<>();
    Query.list(
            connection,
            NEWEST.formatted(settled(connection)),
            row -> new Marker(row.getString("table_name"), row.getLong("marker")))
        .forEach(marker -> markers.put(marker.table(), marker.id()));
    return versions.stream()
        .map(version -> version.withMarker(markers.getOrDefault(version.table().name(), 0L)))
        .toList();
  }

  private static long settled(Connection connection) throws SQLException {
    String epoch = ChangeLogTable.epoch(connection);
    return StateTable.read(connection, STATE)
        .filter(value -> value.path("epoch").asString("").equals(epoch))
        .map(value -> value.path("settled").asLong())
        .orElse(0L);
  }

  /** Notes that a reset row has followed every marker up to an id of the change log. */
  public static void settled(Connection connection, String epoch, long id) throws SQLException {
    StateTable.write(
        connection,
        STATE,
        JsonMapper.shared().createObjectNode().put("epoch", epoch).put("settled", id));
  }

  /** Forgets what was settled, as the epoch has ended. */
  static void forget(Connection connection) throws SQLException {
    StateTable.remove(connection, STATE);
  }
}
