package dev.orderwire.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** How MySQL commits: what it flushes before it answers, and how its log threads wait for work. */
enum CommitMode {
  /** MySQL's defaults: redo log and binlog are flushed by each commit, or group of commits. */
  DURABLE("full", "default durability", 1, 1, CommitMode.DEFAULT_SPIN_THRESHOLD, ">= 0.95"),
  /**
   * As durable, but the threads of InnoDB's redo log sleep while they are idle. By default they
   * spin as soon as MySQL uses most of a core, and on a machine with few cores take that time from
   * all other threads.
   *
   * @see <a
   *     href="https://dev.mysql.com/doc/refman/8.0/en/innodb-parameters.html#sysvar_innodb_log_spin_cpu_abs_lwm">innodb_log_spin_cpu_abs_lwm</a>
   */
  DURABLE_WITHOUT_SPINNING(
      "full_calm", "the same, log threads sleep", 1, 1, CommitMode.NEVER_SPIN_THRESHOLD, ""),
  /**
   * The redo log is flushed once a second and the binlog when the system decides to: a write costs
   * CPU time only.
   */
  NOT_DURABLE("none", "without durability", 0, 0, CommitMode.DEFAULT_SPIN_THRESHOLD, "");

  /** MySQL's default of innodb_log_spin_cpu_abs_lwm, in percent of one core. */
  private static final int DEFAULT_SPIN_THRESHOLD = 80;

  /** More than any machine reaches. */
  private static final int NEVER_SPIN_THRESHOLD = 1_000_000;

  private final String key;
  private final String label;
  private final int flushLogAtCommit;
  private final int syncBinlog;
  private final int spinThreshold;
  private final String target;

  CommitMode(
      String key,
      String label,
      int flushLogAtCommit,
      int syncBinlog,
      int spinThreshold,
      String target) {
    this.key = key;
    this.label = label;
    this.flushLogAtCommit = flushLogAtCommit;
    this.syncBinlog = syncBinlog;
    this.spinThreshold = spinThreshold;
    this.target = target;
  }

  /** The prefix of the figures' JSON keys. */
  String key() {
    return key;
  }

  String label() {
    return label;
  }

  /** The target for the ratio of throughput with triggers to throughput without; empty if none. */
  String target() {
    return target;
  }

  /** Applies to the whole server, from the next commit on. */
  void apply(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String setting :
          List.of(
              "innodb_flush_log_at_trx_commit = " + flushLogAtCommit,
              "sync_binlog = " + syncBinlog,
              "innodb_log_spin_cpu_abs_lwm = " + spinThreshold)) {
        statement.execute("SET GLOBAL " + setting);
      }
    }
  }
}
