package dev.orderwire.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What MySQL has on disk when it answers a commit. */
enum Durability {
  /** MySQL's default: redo log and binlog are flushed by each commit, or group of commits. */
  FULL("default durability", 1, 1, ">= 0.95"),
  /**
   * Both are flushed once a second, or when the system likes: a write costs processor time alone.
   */
  NONE("without durability", 0, 0, "");

  private final String words;
  private final int flushLogAtCommit;
  private final int syncBinlog;
  private final String toReach;

  Durability(String words, int flushLogAtCommit, int syncBinlog, String toReach) {
    this.words = words;
    this.flushLogAtCommit = flushLogAtCommit;
    this.syncBinlog = syncBinlog;
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
      statement.execute("SET GLOBAL innodb_flush_log_at_trx_commit = " + flushLogAtCommit);
      statement.execute("SET GLOBAL sync_binlog = " + syncBinlog);
    }
  }
}
