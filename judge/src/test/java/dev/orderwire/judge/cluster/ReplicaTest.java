package dev.orderwire.judge.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica that does not lag when it should would prove nothing. */
@Timeout(180)
final class ReplicaTest {
  @TempDir private Path folder;

  private static void insert(Database source, int id) throws SQLException {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO member (team, grp) VALUES (%d, 1)".formatted(id));
    }
  }

  private static long rows(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM member")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void awaitRows(Replica replica, long count) throws InterruptedException {
    while (true) {
      try (Connection connection = replica.connect()) {
        if (rows(connection) == count) {
          return;
        }
      } catch (SQLException e) {
        // It has no such table yet.
      }
      Thread.sleep(20);
    }
  }

  @Test
  void aReplicaLagsUntilItAppliesAgain() throws Exception {
    try (Database source = new Database(folder.resolve("source"), Database.REPLICATED);
        Replica replica = new Replica(folder.resolve("replica"), source, new Tally())) {
      source.create();
      insert(source, 1);
      awaitRows(replica, 1);
      replica.stopApplying();
      insert(source, 2);
      try (Connection connection = replica.connect()) {
        assertThat(rows(connection)).isEqualTo(1);
      }
      replica.startApplying();
      awaitRows(replica, 2);
    }
  }
}
