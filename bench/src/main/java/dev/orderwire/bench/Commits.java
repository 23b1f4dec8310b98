package dev.orderwire.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** How MySQL commits: what is on disk when it answers, and how its threads wait for that. */
enum Commits {
  /** MySQL's defaults: redo log and binlog are flushed by each commit, or group of commits. */
  FULL("default durability", 1, 1, Commits.SPINS, ">= 0.95"),
  /**
   * As durable, but the threads of InnoDB's redo log sleep until there is something to do. By
   * default they ask over and over, as soon as MySQL is busy with most of a core, which on few
   * cores they take from all others.
   *
   * @see <a
   *     href="https://dev.mysql.com/doc/refman/8.0/en/innodb-parameters.html#sysvar_innodb_log_spin_cpu_abs_lwm">innodb_log_spin_cpu_abs_lwm</a>
   */
  FULL_CALM("the same, log threads asleep", 1, 1, Commits.NEVER_SPINS, ""),
  /**
   * Both are flushed once a second, or when the system likes: a write costs processor time alone.
   */
  NONE("without durability", 0, 0, Commits.SPINS, "");

  /** MySQL's default, in percent of one core. */
  private static final int SPINS = 80;

  /** More than any machine has. */
  private static final int NEVER_SPINS = 1_000_000;

  private final String words;
  private final int flushLogAtCommit;
  private final int syncBinlog;
  private final int spinsFrom;
  private final String toReach;

  Commits(String words, int flushLogAtCommit, int syncBinlog, int spinsFrom, String toReach) {
    this.words = words;
    this.flushLogAtCommit = flushLogAtCommit;
    this.syncBinlog = syncBinlog;
    this.spinsFrom = spinsFrom;
    this.toReach = toReach;
  }

  String words() {
    return words;
  }

  /** What the throughput with triggers should be of that without them; empty for anything. */
  String toReach() {
    return toReach;
  }

  /** For the whole server, from the next commit on. */
  void set(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String setting :
          List.of(
              "innodb_flush_log_at_trx_commit = " + flushLogAtCommit,
              "sync_binlog = " + syncBinlog,
              "innodb_log_spin_cpu_abs_lwm = " + spinsFrom)) {
        statement.execute("SET GLOBAL " + setting);
      }
    }
  }
}
