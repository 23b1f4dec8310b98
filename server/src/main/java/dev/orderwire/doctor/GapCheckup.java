package dev.orderwire.doctor;

import dev.orderwire.mysql.Account;
import dev.orderwire.tail.gaps.GapProof;
import dev.orderwire.tail.gaps.MetadataLocks;
import dev.orderwire.tail.gaps.OpenTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Checks by which means the server can prove that a gap is dead. */
final class GapCheckup {
  private static final String SUBJECT = "gaps";

  private GapCheckup() {}

  static void run(Connection connection, Account account, List<Finding> findings)
      throws SQLException {
    findings.add(
        switch (GapProof.of(connection)) {
          case MetadataLocks _ ->
              Finding.ok(
                  SUBJECT,
                  "performance_schema.metadata_locks shows which transactions write to the change log, so the gaps of rolled back transactions end within 0.2 s");
          case OpenTransactions _ ->
              Finding.ok(
                  SUBJECT,
                  "information_schema.innodb_trx shows which transactions are open, so the gaps of rolled back ones end within some seconds; sooner with "
                      + account.grantOn("SELECT", "performance_schema.*")
                      + ";");
          default ->
              Finding.warning(
                  SUBJECT,
                  "the user cannot see open transactions, so the gaps of rolled back transactions never end, and a resuming client receives more and more changes again",
                  "%s; (with performance_schema = ON and its instrument wait/lock/metadata/sql/mdl enabled), or %s;"
                      .formatted(
                          account.grantOn("SELECT", "performance_schema.*"),
                          account.grantOn("PROCESS", "*.*")));
        });
  }
}
