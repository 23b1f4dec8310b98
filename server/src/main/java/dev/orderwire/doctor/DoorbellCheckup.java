package dev.orderwire.doctor;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.doorbell.BinlogAccess;
import dev.orderwire.tail.doorbell.BinlogStream;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;

/** How the server comes to know of changes. It works either way, so nothing here is a problem. */
final class DoorbellCheckup {
  private static final String SUBJECT = "doorbell";

  private static final String POLLS =
      "none: the server asks for changes 50 to 500 times a second, as ";

  private DoorbellCheckup() {}

  static Finding of(Connection connection, MysqlOptions options, boolean wanted)
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
                  + (advice.isEmpty() ? "" : ". With it, the binlog would tell: " + advice));
      case BinlogAccess.Granted end -> tryIt(options, end);
    };
  }

  private static Finding tryIt(MysqlOptions options, BinlogAccess.Granted end) {
    try (Socket socket = new Socket()) {
      BinlogStream.open(socket, options, end, BinlogStream.newServerId()).next();
      return Finding.ok(
          SUBJECT,
          "the binlog tells of changes; for that all of it flows to the server, whatever the tables");
    } catch (IOException | RuntimeException e) {
      return Finding.warning(
          SUBJECT,
          POLLS + "the binlog cannot be followed: " + Mysql.reason(e),
          "Put that right, or set tail.doorbell to false.");
    }
  }
}
