package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Key;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.RowHistory.Entry;
import dev.orderwire.feed.RowHistory.Found;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MysqlRowHistoryTest {
  private final TestDatabase database = TestMysql.database();
  private final Mysql mysql = new Mysql(database.options());

  @BeforeEach
  void install() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, s TEXT)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    mysql.close();
    database.close();
  }

  private Found find(int id) {
    WatchedTables catalog = new WatchedTables(TableVersions.read(mysql, List.of("t")));
    Table table = catalog.defaultTable();
    Key key = new Key(Row.of(Map.of("id", String.valueOf(id))));
    return new MysqlRowHistory(mysql, catalog).find(table, key::equals, key, Tail.end(mysql));
  }

  /** Adds entries of another table. */
  private void log(int entries) {
    database.execute(
        "INSERT INTO orderwire_change_log (table_name, op, row_key, actor) WITH RECURSIVE n (i) AS"
            + " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + entries
            + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */ 'other', 'delete',"
            + " '{\"id\": 1}', 'test' FROM n");
  }

  @Test
  void theNewestChangesAreFoundBehindManyOthers() {
    database.execute("INSERT INTO t VALUES (1, 'a'), (2, 'a')");
    for (int i = 0; i < 6; i++) {
      database.execute("UPDATE t SET s = 'b%d' WHERE id = 1".formatted(i));
    }
    log(12_000);

    Found found = find(1);

    assertThat(found.newest()).hasSize(5).allMatch(Entry::committed);
    assertThat(found.newest().getFirst().id()).isGreaterThan(found.newest().getLast().id());
    assertThat(found.all()).isFalse();
    assertThat(found.row())
        .isNotNull()
        .isEqualTo(Objects.requireNonNull(found.change(), "the newest change").after());
    assertThat(find(2).newest()).hasSize(1);
    assertThat(find(2).all()).isTrue();
  }

  @Test
  void theSearchIsBoundedAndSaysHowFarItLooked() {
    database.execute("INSERT INTO t VALUES (1, 'a')");
    log(LogSearch.MOST_SEARCHED);

    Found found = find(1);

    assertThat(found.newest()).isEmpty();
    assertThat(found.all()).isFalse();
    assertThat(found.searched()).isBetween(1L, (long) LogSearch.MOST_SEARCHED);
    assertThat(found.row()).as("by its key").isNotNull();
  }

  @Test
  void anEntryThatOrderwireDidNotWriteIsSkipped() {
    database.execute(
        "INSERT INTO t VALUES (1, 'a')",
        "INSERT INTO orderwire_change_log (table_name, op, row_key, actor) VALUES ('t', 'delete', '5', 'me')",
        "INSERT INTO orderwire_change_log (table_name, op, row_key, actor) VALUES ('t', 'delete', '{}', 'me')");

    assertThat(find(1).newest()).hasSize(1);
  }
}
