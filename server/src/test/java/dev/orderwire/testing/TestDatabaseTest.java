package dev.orderwire.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestDatabaseTest {
  @Test
  void eachDatabaseIsSeparateAndDroppedWhenClosed() throws SQLException {
    String dropped;
    try (TestDatabase one = TestMysql.database();
        TestDatabase other = TestMysql.database();
        Connection connection = one.connect()) {
      one.execute("CREATE TABLE t (n INT, s TEXT)", "INSERT INTO t VALUES (1, NULL), (2, '✓')");
      assertThat(one.query("SELECT n, s FROM t ORDER BY n"))
          .containsExactly(Arrays.asList("1", null), List.of("2", "✓"));
      assertThat(other.query("SHOW TABLES")).isEmpty();
      assertThat(connection.getCatalog()).isEqualTo(one.name()).isEqualTo(one.options().database());
      dropped = one.name();
    }
    try (TestDatabase database = TestMysql.database()) {
      assertThat(database.query("SHOW DATABASES")).doesNotContain(List.of(dropped));
    }
  }
}
