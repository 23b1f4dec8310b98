package dev.orderwire.doctor;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Account;
import dev.orderwire.mysql.Privileges;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.ServerInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What concerns the server as a whole. */
final class ServerCheckup {
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(1);

  private ServerCheckup() {}

  /** Whether the server is one that anything else may be asked of. */
  static boolean of(Connection connection, InstantSource clock, List<Finding> findings)
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
              "read_only = 1, as on a replica; rows that a replica applies run no triggers",
              "Follow the source instead."));
    }
    GapCheckup.of(connection, account, findings);
    findings.add(emptied(connection, account));
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
    // Where between asking and answer it looked at its clock is unknown.
    Duration ahead = Duration.between(after, theirs);
    Duration behind = Duration.between(theirs, before);
    Duration difference = ahead.compareTo(behind) > 0 ? ahead : behind;
    if (difference.compareTo(CLOCKS_MAY_DIFFER) <= 0) {
      return Finding.ok("clocks", "MySQL and this machine agree to the second");
    }
    return Finding.warning(
        "clocks",
        "MySQL's clock is %d ms %s this machine's: times of changes and measured delays are off"
            .formatted(difference.toMillis(), ahead.compareTo(behind) > 0 ? "ahead of" : "behind"),
        "Let both follow the same NTP servers.");
  }

  private static Finding durability(ServerInfo server) {
    return server.flushAtCommit() == 1
        ? Finding.ok("durability", "a commit is on disk before it is seen")
        : Finding.warning(
            "durability",
            "innodb_flush_log_at_trx_commit = %d: a crash of the machine may take back changes that were delivered"
                .formatted(server.flushAtCommit()),
            "SET PERSIST innodb_flush_log_at_trx_commit = 1;");
  }

  private static Finding binlog(ServerInfo server) {
    return !server.binlog() || server.binlogFormat().equals("ROW")
        ? Finding.ok("binlog", server.binlog() ? "on, with format ROW" : "off")
        : Finding.warning(
            "binlog",
            "binlog_format = %s: MySQL calls writes of triggers unsafe there, and replicas may have other ids in their change log"
                .formatted(server.binlogFormat()),
            "SET PERSIST binlog_format = ROW;");
  }

  private static Finding emptied(Connection connection, Account account) throws SQLException {
    String subject = "emptied tables";
    return Privileges.of(connection).everywhere("PROCESS")
        ? Finding.ok(subject, "MySQL shows which table a TRUNCATE has emptied")
        : Finding.warning(
            subject,
            "MySQL does not show this user which table a TRUNCATE has emptied: after each one, of any table, all watched tables are read anew, and one of the change log is noticed only while a server runs",
            account.grantOn("PROCESS", "*.*") + ";");
  }
}
