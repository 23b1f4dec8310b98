package dev.orderwire.doctor;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.UnfitServerException;
import dev.orderwire.changelog.replica.AppliedProof;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.mysql.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Checks whether snapshots can be read from a replica. The server works without it. */
final class ReplicaCheckup {
  private static final int CATCHES_UP_WITHIN_SECONDS = 2;

  private ReplicaCheckup() {}

  static Finding run(MysqlOptions replica, Mysql source) {
    String subject = "replica " + replica.host() + ":" + replica.port();
    try (Mysql mysql = new Mysql(replica);
        Connection session = mysql.connect();
        Connection connection = source.connect()) {
      AppliedProof proof = new AppliedProof(source, CATCHES_UP_WITHIN_SECONDS);
      proof.await(session);
      proof.check(session, ChangeLogTable.epoch(connection));
      return reordersCommits(session)
          ? Finding.warning(
              subject,
              "applies transactions in parallel and commits them in another order than the source: a snapshot may show a state between two of the source's, until the next changes complete it",
              "Set replica_preserve_commit_order=ON on the replica (slave_preserve_commit_order before MySQL 8.0.26).")
          : Finding.ok(subject, "has applied all that the source has, and the same change log");
    } catch (SQLException e) {
      return leftOut(subject, Mysql.reason(e));
    } catch (UnfitServerException | OrderwireException e) {
      return leftOut(subject, String.valueOf(e.getMessage()));
    }
  }

  private static Finding leftOut(String subject, String cause) {
    return Finding.warning(
        subject,
        "snapshots are not read from it: " + cause,
        "Correct the cause, or remove the replica from mysql.replicas.");
  }

  private static boolean reordersCommits(Connection session) throws SQLException {
    Map<String, String> variables = new HashMap<>();
    Query.list(
        session,
        """
        SHOW GLOBAL VARIABLES WHERE Variable_name IN ('slave_preserve_commit_order',
          'replica_preserve_commit_order', 'slave_parallel_workers', 'replica_parallel_workers')\
        """,
        // Both names of a variable have the same value.
        row -> variables.put(row.getString(1).replaceFirst("^[a-z]+_", ""), row.getString(2)));
    return variables.getOrDefault("preserve_commit_order", "ON").equals("OFF")
        && Integer.parseInt(variables.getOrDefault("parallel_workers", "0")) > 1;
  }
}
