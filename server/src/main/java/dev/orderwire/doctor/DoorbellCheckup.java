package dev.orderwire.doctor;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.doorbell.BinlogAccess;
import dev.orderwire.tail.doorbell.BinlogStream;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Checks whether the binlog can announce changes. The server works without it, so no finding is a
 * problem.
 */
final class DoorbellCheckup {
  private static final String SUBJECT = "doorbell";

  private static final String POLLS =
      "none: the server polls for changes 50 to 500 times a second, since ";

  private DoorbellCheckup() {}

  static Finding run(Connection connection, MysqlOptions options, boolean wanted)
      throws SQLException {
    if (!wanted) {
      return Finding.ok(SUBJECT, POLLS + "tail.doorbell is false");
    }
    return switch (BinlogAccess.of(connection)) {
      case BinlogAccess.Denied(String cause, String advice) ->
          Finding.ok(
              SUBJECT,
              POLLS
                  + cause
                  + (advice.isEmpty() ? "" : ". To have the binlog announce changes: " + advice));
      case BinlogAccess.Granted end -> tryStream(options, end);
    };
  }

  private static Finding tryStream(MysqlOptions options, BinlogAccess.Granted end) {
    try (Socket socket = new Socket()) {
      BinlogStream.open(socket, options, end, BinlogStream.newServerId()).next();
      return Finding.ok(
          SUBJECT, "the binlog announces changes; the server receives all of it, for all tables");
    } catch (IOException | RuntimeException e) {
      return Finding.warning(
          SUBJECT,
          POLLS + "it cannot follow the binlog: " + Mysql.reason(e),
          "Correct the cause, or set tail.doorbell to false.");
    }
  }
}
