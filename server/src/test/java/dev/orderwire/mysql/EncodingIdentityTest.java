package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Column;
import dev.orderwire.mysql.sql.Encoding;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EncodingIdentityTest {
  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void connect() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  @Test
  void identitiesDifferWheneverTheJsonDiffers() throws SQLException {
    String[][] pairs = {
      {"DOUBLE", "0e0", "-0e0"},
      {"FLOAT", "0e0", "-0e0"},
      {"FLOAT", "16777216", "16777218"},
      {"VARCHAR(10)", "'a'", "'A'"},
      {"VARCHAR(10)", "'a'", "'a '"},
      {"VARCHAR(10)", "'e'", "'é'"},
      {"TEXT", "'ß'", "'ss'"},
      {"VARCHAR(10) CHARACTER SET latin1", "'u'", "'ü'"},
      {"ENUM('a','ä') COLLATE utf8mb4_bin", "'a'", "'ä'"},
      {"SET('x','y')", "'x'", "'x,y'"},
      {"JSON", "'[1]'", "'[1.5]'"},
      {"JSON", "'[\"a\"]'", "'[\"A\"]'"},
      {"DECIMAL(65,30)", "1e-30", "2e-30"},
      {"DATETIME(6)", "'2020-01-01 00:00:00.000001'", "'2020-01-01 00:00:00.000002'"},
      {"TIME(6)", "'-00:00:00.000001'", "'00:00:00.000001'"},
      {"TIMESTAMP(6) NULL", "'2020-01-01 00:00:00.000001'", "'0000-00-00'"},
      {"BIT(64)", "0xFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFE"},
      {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551614"},
      {"DOUBLE", "0.1e0 + 0.2e0", "0.3e0"},
      {"BLOB", "'a'", "'a\\0'"},
      {"BINARY(2)", "'a'", "'A'"},
      {"GEOMETRY", "POINT(0, 0e0)", "POINT(0, -0e0)"},
      {"INT", "NULL", "0"},
      {"VARCHAR(1)", "NULL", "''"},
      {"JSON", "NULL", "'[]'"},
    };
    for (String[] pair : pairs) {
      database.execute(
          "DROP TABLE IF EXISTS pair",
          "CREATE TABLE pair (id INT PRIMARY KEY, c " + pair[0] + ")",
          "SET sql_mode = ''",
          "INSERT INTO pair VALUES (1, " + pair[1] + "), (2, " + pair[2] + ")");
      Column column = column();
      String differs =
          "SELECT %s <=> %s, %s <=> %s FROM pair a, pair b WHERE a.id = 1 AND b.id = 2"
              .formatted(
                  Encoding.identity(column, "a.c"), Encoding.identity(column, "b.c"),
                  Encoding.identity(column, "a.c"), Encoding.identity(column, "a.c"));
      assertThat(database.query(differs))
          .as(String.join(" ", pair))
          .containsExactly(List.of("0", "1"));
      assertThat(json().stream().map(json -> json.substring(json.indexOf("\"id\""))))
          .as("a pair with the same JSON tests nothing: " + String.join(" ", pair))
          .hasSize(2);
    }
  }

  private Column column() throws SQLException {
    try (Connection connection = mysql.connect()) {
      return Schema.table(connection, "pair").column("c").orElseThrow();
    }
  }

  private List<String> json() throws SQLException {
    try (Connection connection = mysql.connect()) {
      String row = Encoding.row(Schema.table(connection, "pair").columns(), "t.");
      return Query.list(
          connection, "SELECT " + row + " FROM pair t ORDER BY id", result -> result.getString(1));
    }
  }
}
