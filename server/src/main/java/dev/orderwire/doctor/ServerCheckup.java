package dev.orderwire.doctor;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Account;
import dev.orderwire.mysql.Privileges;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.ServerInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Checks MySQL as a whole: version, clock, settings. */
final class ServerCheckup {
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(1);

  private ServerCheckup() {}

  /** Returns false if this MySQL is not supported, so that no other check makes sense. */
  static boolean run(Connection connection, InstantSource clock, List<Finding> findings)
      throws SQLException {
    ServerInfo server = ServerInfo.of(connection);
    Account account = Account.of(connection);
    try {
      server.requireSupported();
    } catch (OrderwireException e) {
      findings.add(Finding.problem("MySQL", String.valueOf(e.getMessage()), ""));
      return false;
    }
    findings.add(
        Finding.ok(
            "MySQL",
            "version %s, as %s@%s in database %s"
                .formatted(server.version(), account.user(), account.host(), account.database())));
    findings.add(clock(connection, clock));
    findings.add(durability(server));
    findings.add(binlog(server));
    if (server.readOnly()) {
      findings.add(
          Finding.warning(
              "read_only",
              "read_only = 1, as on a replica; triggers do not run for rows that a replica applies",
              "Connect to the source instead."));
    }
    GapCheckup.run(connection, account, findings);
    findings.add(truncates(connection, account));
    return true;
  }

  private static Finding clock(Connection connection, InstantSource clock) throws SQLException {
    Instant before = clock.instant();
    long micros =
        Query.list(
                connection,
                "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",
                row -> row.getLong(1))
            .getFirst();
    Instant after = clock.instant();
    Instant theirs = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    // MySQL read its clock at some time between these two.
    Duration ahead = Duration.between(after, theirs);
    Duration behind = Duration.between(theirs, before);
    Duration difference = ahead.compareTo(behind) > 0 ? ahead : behind;
    if (difference.compareTo(CLOCKS_MAY_DIFFER) <= 0) {
      return Finding.ok("clocks", "MySQL's clock and this machine's differ by at most one second");
    }
    return Finding.warning(
        "clocks",
        "MySQL's clock is %d ms %s this machine's, so times of changes and measured delays are wrong"
            .formatted(difference.toMillis(), ahead.compareTo(behind) > 0 ? "ahead of" : "behind"),
        "Synchronize both with the same NTP servers.");
  }

  private static Finding durability(ServerInfo server) {
    return server.flushAtCommit() == 1
        ? Finding.ok("durability", "a commit is on disk before it is visible")
        : Finding.warning(
            "durability",
            "innodb_flush_log_at_trx_commit = %d, so a crash of the machine may undo changes that were delivered"
                .formatted(server.flushAtCommit()),
            "SET PERSIST innodb_flush_log_at_trx_commit = 1;");
  }

  private static Finding binlog(ServerInfo server) {
    Problems problems = new Problems();
    server.requireRowsInBinlog(problems);
    return problems.messages().stream()
        .map(text -> Finding.problem("binlog", text, ""))
        .findFirst()
        .orElseGet(() ->
            Finding.ok(
                "binlog", server.binlog() ? "on, with format " + server.binlogFormat() : "off"));
  }

  private static Finding truncates(Connection connection, Account account) throws SQLException {
    String subject = "truncated tables";
    return Privileges.of(connection).everywhere("PROCESS")
        ? Finding.ok(subject, "MySQL shows which table was emptied or altered")
        : Finding.warning(
            subject,
            "the user cannot see which table a TRUNCATE has emptied or an ALTER TABLE has changed: all watched tables are reset after an ALTER TABLE of any table, and after some TRUNCATEs; what is done while no server runs may go unnoticed",
            account.grantOn("PROCESS", "*.*") + ";");
  }
}
