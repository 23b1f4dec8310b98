package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.sql.SqlCondition;
import dev.orderwire.mysql.sql.SqlPrefilter;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.view.RandomWhere;
import dev.orderwire.view.RandomWhere.Both;
import dev.orderwire.view.Subject;
import dev.orderwire.view.Tables;
import dev.orderwire.view.View;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Random conditions on random rows match the same rows as the same condition in SQL. */
class WhereAgainstMysqlTest {
  private static final int ROWS = 150;
  private static final int CONDITIONS = 1_000;

  private final Random random = new Random(20261122);
  private int selective;
  private int narrowed;

  @Test
  void matchingRowsAreThoseThatMysqlFinds() throws SQLException {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options());
        Connection connection = mysql.connect()) {
      create(connection);
      Table table = MysqlRows.watched(mysql, "t");
      Map<Long, Row> rows = MysqlRows.rows(mysql, table);
      RandomWhere wheres = new RandomWhere(random, Subject.ALL);
      for (int i = 0; i < CONDITIONS; i++) {
        compare(connection, table, rows, wheres.next());
      }
    }
    assertThat(selective)
        .as("conditions that match some rows and not others")
        .isGreaterThan(CONDITIONS / 3);
    assertThat(narrowed).as("conditions with an SQL prefilter").isGreaterThan(CONDITIONS / 20);
  }

  private void compare(Connection connection, Table table, Map<Long, Row> rows, Both where)
      throws SQLException {
    View view = Tables.view(table, where.json(), null);
    Set<Long> matching = new TreeSet<>();
    rows.forEach((id, row) -> {
      if (view.matches(row)) {
        matching.add(id);
      }
    });
    Set<Long> expected =
        MysqlRows.found(connection, table.name(), new SqlCondition(where.sql(), List.of()));
    assertThat(matching).as("%s%n%s", where.json(), where.sql()).isEqualTo(expected);

    SqlCondition prefilter = SqlPrefilter.of(view.prefilter());
    assertThat(MysqlRows.found(connection, table.name(), prefilter))
        .as("prefilter %s of %s", prefilter, where.json())
        .containsAll(matching);
    selective += matching.isEmpty() || matching.size() == rows.size() ? 0 : 1;
    narrowed += prefilter.equals(SqlCondition.ALL) ? 0 : 1;
  }

  private void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          Subject.ALL.stream()
              .map(Subject::definition)
              .collect(
                  joining(", ", "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, ", ")")));
      String rows = Stream.generate(this::row).limit(ROWS).collect(joining(", "));
      statement.execute("INSERT IGNORE INTO t VALUES " + rows);
    }
  }

  private String row() {
    return Subject.ALL.stream().map(this::stored).collect(joining(", ", "(NULL, ", ")"));
  }

  private String stored(Subject subject) {
    List<Both> values = subject.values();
    return random.nextInt(5) == 0 ? "NULL" : values.get(random.nextInt(values.size())).sql();
  }
}
