package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.view.RandomWhere;
import dev.orderwire.view.RandomWhere.Both;
import dev.orderwire.view.Subject;
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

/** Random conditions on random rows: what passes here is what MySQL says of the same in SQL. */
class WhereAgainstMysqlTest {
  private static final int ROWS = 150;
  private static final int CONDITIONS = 1_000;

  private final Random random = new Random(20261122);
  private int some;
  private int narrowed;

  @Test
  void theRowsThatPassAreThoseThatMysqlFinds() throws SQLException {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options());
        Connection connection = mysql.connect()) {
      create(connection);
      Table table = Cells.watched(mysql, "t");
      Map<Long, Row> rows = Cells.rows(mysql, table);
      RandomWhere wheres = new RandomWhere(random, Subject.ALL);
      for (int i = 0; i < CONDITIONS; i++) {
        compare(connection, table, rows, wheres.next());
      }
    }
    assertThat(some)
        .as("conditions that some rows pass and some do not")
        .isGreaterThan(CONDITIONS / 3);
    assertThat(narrowed).as("conditions that MySQL filters ahead").isGreaterThan(CONDITIONS / 20);
  }

  private void compare(Connection connection, Table table, Map<Long, Row> rows, Both where)
      throws SQLException {
    View view = View.parse(table, where.json(), null);
    Set<Long> matching = new TreeSet<>();
    rows.forEach((id, row) -> {
      if (view.matches(row)) {
        matching.add(id);
      }
    });
    Set<Long> expected =
        Cells.found(connection, table.name(), new SqlCondition(where.sql(), List.of()));
    assertThat(matching).as("%s%n%s", where.json(), where.sql()).isEqualTo(expected);

    SqlCondition ahead = SqlPrefilter.of(view.prefilter());
    assertThat(Cells.found(connection, table.name(), ahead))
        .as("%s ahead of %s", ahead, where.json())
        .containsAll(matching);
    some += matching.isEmpty() || matching.size() == rows.size() ? 0 : 1;
    narrowed += ahead.equals(SqlCondition.ALL) ? 0 : 1;
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
