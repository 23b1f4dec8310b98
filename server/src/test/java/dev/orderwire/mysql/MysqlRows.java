package dev.orderwire.mysql;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.mysql.sql.SqlCondition;
import dev.orderwire.tail.Tail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the rows of a real table, as a snapshot and by an SQL condition. */
final class MysqlRows {
  private MysqlRows() {}

  /** Installs the triggers of a table and reads its shape. */
  static Table watched(Mysql mysql, String name) {
    new TriggerCapture().install(mysql, List.of(name), InstallOptions.DEFAULT);
    return TableVersions.read(mysql, List.of(name)).getFirst().table();
  }

  /** The rows of a watched table by {@code id}, as a snapshot reads them. */
  static Map<Long, Row> rows(Mysql mysql, Table table) {
    Map<Long, Row> rows = new TreeMap<>();
    SnapshotReader.Rows reader =
        new SnapshotReader.Rows() {
          @Override
          public void begin(Position position) {}

          @Override
          public boolean row(Row row) {
            rows.put(Long.valueOf(Objects.requireNonNull(row.json("id"))), row);
            return true;
          }
        };
    new MysqlSnapshotReader(mysql).read(table, Prefilter.ALL, null, Tail.end(mysql), 1_000, reader);
    return rows;
  }

  /** The ids of the rows that MySQL finds by a condition. */
  static Set<Long> found(Connection connection, String from, SqlCondition condition)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM " + from + " WHERE " + condition.sql())) {
      for (int i = 0; i < condition.parameters().size(); i++) {
        statement.setString(i + 1, condition.parameters().get(i));
      }
      try (ResultSet results = statement.executeQuery()) {
        Set<Long> ids = new TreeSet<>();
        while (results.next()) {
          ids.add(results.getLong(1));
        }
        return ids;
      }
    }
  }
}
