package dev.orderwire.changelog;

import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which process leads, as the {@link StateTable} says it for all.
 *
 * @param term the number of the lead; each has a higher one
 * @param node the process, for people
 * @param beats how often it has shown that it works
 */
public record LeadState(long term, String node, long beats) {
  private static final String NAME = "lead";

  /** The newest lead; empty if there has been none. */
  public static Optional<LeadState> read(Connection connection) throws SQLException {
    return StateTable.read(connection, NAME).map(LeadState::of);
  }

  private static LeadState of(JsonNode value) {
    return new LeadState(
        value.path("term").asLong(), value.path("node").asString(""), value.path("beats").asLong());
  }

  /**
   * Begins a lead. Its term is the time in seconds, or one more than the last one if that is
   * higher: so terms rise even if the state is lost.
   */
  public static LeadState begin(Connection connection, String node) throws SQLException {
    return Transaction.run(
        connection,
        () -> {
          long last =
              StateTable.lock(connection, NAME).map(LeadState::of).map(LeadState::term).orElse(0L);
          long now =
              Query.list(connection, "SELECT UNIX_TIMESTAMP(SYSDATE())", row -> row.getLong(1))
                  .getFirst();
          LeadState begun = new LeadState(Math.max(last + 1, now), node, 0);
          begun.write(connection);
          return begun;
        });
  }

  /**
   * Shows that the leader works.
   *
   * @return empty if another one leads
   */
  public Optional<LeadState> beat(Connection connection) throws SQLException {
    return Transaction.run(
        connection,
        () -> {
          Optional<LeadState> known = StateTable.lock(connection, NAME).map(LeadState::of);
          if (known.isEmpty() || known.get().term() != term) {
            return Optional.empty();
          }
          LeadState next = new LeadState(term, node, known.get().beats() + 1);
          next.write(connection);
          return Optional.of(next);
        });
  }

  private void write(Connection connection) throws SQLException {
    StateTable.write(
        connection,
        NAME,
        JsonMapper.shared()
            .createObjectNode()
            .put("term", term)
            .put("node", node)
            .put("beats", beats));
  }
}
