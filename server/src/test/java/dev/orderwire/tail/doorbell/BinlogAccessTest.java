package dev.orderwire.tail.doorbell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose binlog does not contain the database. */
class BinlogAccessTest {
  private static BinlogAccess accessWith(Path data, String argument) throws SQLException {
    try (EmbeddedMysql mysql = EmbeddedMysql.start(data, 0, List.of(argument));
        TestDatabase database = TestDatabase.create(mysql, "shop");
        Connection connection = database.connect()) {
      return BinlogAccess.of(connection);
    }
  }

  private static String cause(BinlogAccess access) {
    return switch (access) {
      case BinlogAccess.Granted granted -> "none: " + granted;
      case BinlogAccess.Denied denied -> denied.cause();
    };
  }

  @Test
  void aBinlogWithoutTheDatabaseIsNotUsed(@TempDir Path data) throws SQLException {
    assertThat(cause(accessWith(data, "--skip-log-bin"))).contains("log_bin = OFF");
    assertThat(cause(accessWith(data, "--binlog-ignore-db=shop"))).contains("excludes");
    assertThat(cause(accessWith(data, "--binlog-do-db=other"))).contains("excludes");
    assertThat(accessWith(data, "--binlog-do-db=shop")).isInstanceOf(BinlogAccess.Granted.class);
  }
}
