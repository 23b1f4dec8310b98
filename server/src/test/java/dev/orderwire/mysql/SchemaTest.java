package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Column;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.sql.Sql;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchemaTest {
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

  private Table read(String name, String definition) throws SQLException {
    database.execute("CREATE TABLE " + Sql.quote(name) + " (" + definition + ")");
    try (Connection connection = mysql.connect()) {
      return Schema.table(connection, name);
    }
  }

  @Test
  void columnsKeepTheirOrderAndHaveTheTypesOfNewVersions() throws SQLException {
    Table table =
        read(
            "t",
            """
            b BIGINT UNSIGNED NOT NULL, a INT(7), z INT(7) ZEROFILL, bool BOOL, tiny TINYINT(4),
            y YEAR(4), d DECIMAL(10,2) UNSIGNED, e ENUM('A', 'int(1)'), g GEOMETRYCOLLECTION,
            gen INT AS (a + 1) STORED, vir TEXT CHARACTER SET latin1 AS (a) VIRTUAL, ts TIMESTAMP(6) NULL,
            PRIMARY KEY (b)\
            """);
    assertThat(table.columns())
        .containsExactly(
            new Column("b", "bigint unsigned", "bigint"),
            new Column("a", "int", "int"),
            new Column("z", "int(7) unsigned zerofill", "int"),
            new Column("bool", "tinyint(1)", "tinyint"),
            new Column("tiny", "tinyint", "tinyint"),
            new Column("y", "year", "year"),
            new Column("d", "decimal(10,2) unsigned", "decimal"),
            new Column("e", "enum('A','int(1)')", "enum", "utf8mb4"),
            new Column("g", "geomcollection", "geomcollection"),
            new Column("gen", "int", "int"),
            new Column("vir", "text", "text", "latin1"),
            new Column("ts", "timestamp(6)", "timestamp"));
  }

  @Test
  void thePrimaryKeyIsTheKeyInItsOrder() throws SQLException {
    Table table =
        read("t", "a INT, b INT, c INT NOT NULL, UNIQUE (c), PRIMARY KEY (b, a), UNIQUE (a)");
    assertThat(table.key()).containsExactly("b", "a");
  }

  @Test
  void withoutAPrimaryKeyTheShortestUniqueKeyWithoutNullIsTheKey() throws SQLException {
    Table table =
        read(
            "t",
            """
            a INT NOT NULL, b INT NOT NULL, c INT NOT NULL, d INT, e INT NOT NULL,
            UNIQUE aa (a, b), UNIQUE zz (c), UNIQUE bb (d), UNIQUE cc ((a + 1)), KEY ee (e)\
            """);
    assertThat(table.key()).containsExactly("c");
  }

  @Test
  void tableNamesAreCaseSensitive() throws SQLException {
    database.execute("CREATE TABLE T (other INT PRIMARY KEY)");
    assertThat(read("t", "id INT PRIMARY KEY").columnNames()).containsExactly("id");
  }

  @Test
  void tablesOfOtherDatabasesAreIgnored() throws SQLException {
    try (TestDatabase neighbour = TestMysql.database()) {
      neighbour.execute("CREATE TABLE t (a INT, b INT PRIMARY KEY)");
      Table table = read("t", "a INT PRIMARY KEY");
      assertThat(table)
          .isEqualTo(new Table("t", List.of(new Column("a", "int", "int")), List.of("a")));
    }
  }
}
