package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import dev.orderwire.upkeep.Retention;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The highest id that {@link Retention} has deleted from the change log; 0 where it has deleted
 * none. It is raised in the transaction that deletes, and only ever rises. So whoever reads rows
 * and then a floor below them knows that none was missing.
 */
public final class RetentionFloor {
  static final String STATE = "retention";

  private RetentionFloor() {}

  public static long of(Connection connection) throws SQLException {
    return floor(StateTable.read(connection, STATE));
  }

  /** The same, locked to the end of the transaction: one server deletes at a time. */
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

  /** Those of {@code ids} that are above an id. */
  public static Ids above(long id, Ids ids) {
    return id < 1 ? ids : ids.without(new Ids(List.of(new Ids.Range(1, id))));
  }
}
