package dev.orderwire.mysql.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.Schema;
import dev.orderwire.testing.FoldZone;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TypeSamples;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EncodingTest {
  /** Sessions whose settings differ as much as possible from those of the installing session. */
  private static final List<List<String>> WRITERS =
      List.of(
          List.of("SET sql_mode = 'STRICT_ALL_TABLES'"),
          List.of(
              "SET time_zone = '" + FoldZone.NAME + "'",
              "SET NAMES latin1",
              "SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH,ALLOW_INVALID_DATES'"),
          List.of(
              "SET time_zone = '-12:00'",
              "SET sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'",
              "SET character_set_results = 'sjis'",
              "SET collation_connection = utf16_bin"),
          List.of(
              "SET time_zone = '+13:00'",
              "SET sql_mode = 'HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION,PIPES_AS_CONCAT'",
              "SET character_set_connection = binary"));

  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void connect() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
    FoldZone.load(database);
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  @Test
  void everyTypeHasTheSameJsonForAllWritersAndReaders() throws SQLException {
    TypeSamples.createTable(database);
    new TriggerCapture().install(mysql, List.of(TypeSamples.TABLE), InstallOptions.DEFAULT);
    TypeSamples.insert(database);

    for (List<String> settings : WRITERS) {
      Logged.forget(database);
      write(
          settings,
          "INSERT INTO samples (%1$s) SELECT %1$s FROM samples LIMIT 1"
              .formatted(TypeSamples.columns()),
          "UPDATE samples SET touched = 1 WHERE id = 1",
          "UPDATE samples SET touched = 0 WHERE id = 1",
          "DELETE FROM samples WHERE id > 1");
      List<String> expected = TypeSamples.json();
      assertThat(cells("row_after", "insert")).containsExactly(expected);
      assertThat(cells("row_before", "update")).containsExactly(expected, expected);
      assertThat(cells("row_after", "update")).containsExactly(expected, expected);
      assertThat(cells("row_before", "delete")).containsExactly(expected);
      Logged last =
          Logged.all(database).stream().filter(row -> row.op().equals("update")).toList().getLast();
      assertThat(snapshot(TypeSamples.TABLE)).containsExactly(last.after());
    }
  }

  @Test
  void nullIsNullInEveryType() throws SQLException {
    TypeSamples.createTable(database);
    new TriggerCapture().install(mysql, List.of(TypeSamples.TABLE), InstallOptions.DEFAULT);
    database.execute("INSERT INTO samples (touched) VALUES (0)");
    assertThat(cells("row_after", "insert"))
        .containsExactly(TypeSamples.json().stream().map(json -> "null").toList());
    assertThat(snapshot(TypeSamples.TABLE))
        .containsExactly(Logged.all(database).getFirst().after());
  }

  @Test
  void theHourRepeatedAtTheEndOfSummerTimeStaysTwoHours() throws SQLException {
    database.execute("CREATE TABLE fold (id INT PRIMARY KEY, at TIMESTAMP(6) NULL, n INT)");
    new TriggerCapture().install(mysql, List.of("fold"), InstallOptions.DEFAULT);
    database.execute(
        "SET time_zone = '+00:00'",
        "INSERT INTO fold VALUES (1, '" + FoldZone.FIRST_HALF_PAST_TWO + "', 0)",
        "INSERT INTO fold VALUES (2, '" + FoldZone.SECOND_HALF_PAST_TWO + "', 0)");
    Logged.forget(database);
    write(
        List.of("SET time_zone = '" + FoldZone.NAME + "'"),
        "UPDATE fold SET n = 1 WHERE id = 1",
        "UPDATE fold SET n = 1 WHERE id = 2",
        "DELETE FROM fold WHERE id = 2");
    // In this writer's time zone both are 02:30:00.123456.
    String first = "\"2020-10-25T00:30:00.123456Z\"";
    String second = "\"2020-10-25T01:30:00.123456Z\"";
    assertThat(
            database.query(
                "SELECT row_before->'$.at', row_after->'$.at' FROM orderwire_change_log ORDER BY id"))
        .containsExactly(
            List.of(first, first), List.of(second, second), Arrays.asList(second, null));
  }

  @Test
  void jsonTooDeepToNestIsEncodedAsText() throws SQLException {
    database.execute("CREATE TABLE deep (id INT PRIMARY KEY, j JSON)");
    new TriggerCapture().install(mysql, List.of("deep"), InstallOptions.DEFAULT);
    String fits = "[".repeat(98) + "\"ü\"" + "]".repeat(98);
    String array = "[".repeat(99) + "\"ü\"" + "]".repeat(99);
    String object = "{\"\": ".repeat(99) + "1" + "}".repeat(99);
    String wide = "[" + "[[1, 2.5, \"\"]], ".repeat(200) + "null]";
    List<String> documents = List.of(fits, array, object, wide);
    for (List<String> settings : WRITERS) {
      Logged.forget(database);
      for (int i = 0; i < documents.size(); i++) {
        write(
            settings,
            "INSERT INTO deep VALUES (%d, CONVERT(x'%s' USING utf8mb4))"
                .formatted(i, HexFormat.of().formatHex(documents.get(i).getBytes(UTF_8))));
      }
      List<String> written = Logged.all(database).stream().map(Logged::after).toList();
      assertThat(snapshot("deep")).isEqualTo(written);
      assertThat(written)
          .containsExactly(
              "{\"j\": " + fits + ", \"id\": 0}",
              "{\"j\": \"" + array.replace("\"", "\\\"") + "\", \"id\": 1}",
              "{\"j\": \"" + object.replace("\"", "\\\"") + "\", \"id\": 2}",
              "{\"j\": " + wide + ", \"id\": 3}");
      database.execute("DELETE FROM deep");
      assertThat(Logged.all(database))
          .filteredOn(change -> change.op().equals("delete"))
          .extracting(Logged::before)
          .isEqualTo(written);
    }
  }

  @Test
  void bytesTooLargeForBase64GetAPlaceholder() throws SQLException {
    database.execute("CREATE TABLE large (id INT PRIMARY KEY, b LONGBLOB)");
    new TriggerCapture().install(mysql, List.of("large"), InstallOptions.DEFAULT);
    String packet = database.query("SELECT @@max_allowed_packet").getFirst().getFirst();
    database.execute("SET GLOBAL max_allowed_packet = 65536");
    try (Mysql small = new Mysql(database.options())) {
      database.execute(
          "INSERT INTO large VALUES (1, REPEAT('a', 32768)), (2, REPEAT('a', 32769)),"
              + " (3, REPEAT('a', 65536)), (4, NULL)",
          "UPDATE large SET id = 5 WHERE id = 3");
      List<@Nullable String> cells = new ArrayList<>();
      cells.add(
          "\"" + Base64.getEncoder().encodeToString("a".repeat(32768).getBytes(UTF_8)) + "\"");
      cells.add("\"too large: 32769 bytes\"");
      cells.add("null");
      cells.add("\"too large: 65536 bytes\"");
      List<String> rows = new ArrayList<>();
      for (int i = 0; i < cells.size(); i++) {
        rows.add("{\"b\": %s, \"id\": %d}".formatted(cells.get(i), List.of(1, 2, 4, 5).get(i)));
      }
      assertThat(snapshot(small, "large")).isEqualTo(rows);
      assertThat(Logged.all(database).stream().map(Logged::after).filter(Objects::nonNull))
          .containsAll(rows);
    } finally {
      database.execute("SET GLOBAL max_allowed_packet = " + packet);
    }
  }

  @Test
  void anUnsupportedTypeIsRefused() {
    Column column = new Column("v", "vector(3)", "vector");
    assertThatThrownBy(() -> Encoding.cell(column, "NEW.`v`"))
        .isInstanceOf(OrderwireException.class)
        .hasMessageContaining("column v has the type vector(3)")
        .extracting("code")
        .isEqualTo(ErrorCode.UNSUPPORTED_TYPE);
  }

  /** The rows as a snapshot reads them, with the session settings of the server. */
  private List<String> snapshot(String table) throws SQLException {
    return snapshot(mysql, table);
  }

  private static List<String> snapshot(Mysql mysql, String table) throws SQLException {
    try (Connection connection = mysql.connect()) {
      String row = Encoding.row(Schema.table(connection, table).columns(), "t.");
      return Query.list(
          connection,
          "SELECT " + row + " FROM " + table + " t ORDER BY id",
          result -> result.getString(1));
    }
  }

  private void write(List<String> settings, String... statements) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : settings) {
        statement.execute(sql);
      }
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The samples' cells in an image of each logged change of an operation. */
  private List<List<@Nullable String>> cells(String image, String op) {
    return database.query(
        IntStream.range(0, TypeSamples.json().size())
            .mapToObj(i -> "JSON_EXTRACT(%s, '$.c%d')".formatted(image, i))
            .collect(
                joining(
                    ", ",
                    "SELECT ",
                    " FROM orderwire_change_log WHERE op = '" + op + "' ORDER BY id")));
  }
}
