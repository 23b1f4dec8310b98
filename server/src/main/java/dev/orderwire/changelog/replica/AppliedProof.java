package dev.orderwire.changelog.replica;

import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.ReadProof;
import dev.orderwire.changelog.UnfitServerException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Shows that a replica has applied whatever was visible on the source. Never claims more: a replica
 * that cannot show it is not read.
 */
public final class AppliedProof implements ReadProof {
  private final Mysql source;
  private final int withinSeconds;

  /**
   * @param withinSeconds how long the replica may take
   */
  public AppliedProof(Mysql source, int withinSeconds) {
    this.source = source;
    this.withinSeconds = withinSeconds;
  }

  @Override
  public void await(Connection session) throws SQLException {
    String wanted;
    try (Connection connection = source.connect()) {
      wanted = SourceTransactions.read(connection);
    } catch (SQLException e) {
      throw new UnfitServerException("the source cannot be asked: " + Mysql.reason(e));
    }
    await(session, wanted);
  }

  private void await(Connection session, String wanted) throws SQLException {
    SourceTransactions.requireGtids(session, "the replica");
    boolean late =
        Query.list(
                session,
                // Whole seconds: MySQL 8.0.15 takes no time at all for a fraction.
                "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, %d)".formatted(withinSeconds),
                row -> row.getBoolean(1),
                wanted)
            .getFirst();
    if (late) {
      throw new UnfitServerException(
          "it is more than %d s behind the source".formatted(withinSeconds));
    }
  }

  @Override
  public void check(Connection session, String epoch) throws SQLException {
    Optional<String> found = LogIdentity.copiedEpoch(session);
    if (!found.equals(Optional.of(epoch))) {
      throw new UnfitServerException(
          "its change log is another one: its epoch is %s, and that of the source %s"
              .formatted(found.orElse("missing"), epoch));
    }
  }
}
