package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The highest id that retention has deleted from the change log; 0 if it has deleted none. The
 * transaction that deletes rows also raises the floor, and it never sinks. So if a reader reads
 * rows and then finds the floor below them, no row was missing.
 */
public final class RetentionFloor {
  static final String STATE = "retention";

  private RetentionFloor() {}

  public static long of(Connection connection) throws SQLException {
    return floor(StateTable.read(connection, STATE));
  }

  /** The floor, locked until the transaction ends, so that one server deletes at a time. */
  public static long lock(Connection connection) throws SQLException {
    return floor(StateTable.lock(connection, STATE));
  }

  private static long floor(Optional<JsonNode> state) {
    return state.map(value -> value.path("floor").asLong()).orElse(0L);
  }

  public static void raise(Connection connection, long floor) throws SQLException {
    StateTable.write(connection, STATE, JsonMapper.shared().createObjectNode().put("floor", floor));
  }

  /** Whether the row of one of {@code ids} may have been deleted. */
  public static boolean reaches(long floor, Ids ids) {
    return !ids.isEmpty() && ids.ranges().getFirst().first() <= floor;
  }

  /** The {@code ids} above an id. */
  public static Ids above(long id, Ids ids) {
    return id < 1 ? ids : ids.without(new Ids(List.of(new Ids.Range(1, id))));
  }
}
