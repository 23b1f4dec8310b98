package dev.orderwire.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Change;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.upkeep.CanaryRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MomentReaderTest {
  /** Otherwise the canary would keep an idle tail polling fast. */
  @Test
  void aCanaryBeatIsDeliveredButIsNoSignOfMoreChanges() throws SQLException {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options())) {
      database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
      new TriggerCapture().install(mysql, List.of("t"), new InstallOptions(false, true));
      Recorder recorder = new Recorder();
      MomentReader reader =
          new MomentReader(
              TableVersions.read(mysql, List.of("t")), new Markers(), Tail.end(mysql), recorder);
      try (CanaryRows beats = new CanaryRows(mysql);
          Connection connection = mysql.connect()) {
        assertThat(beats.write(0)).isInstanceOf(CanaryRows.Outcome.Logged.class);
        assertThat(reader.read(connection)).isFalse();
        assertThat(beats.write(0)).isInstanceOf(CanaryRows.Outcome.Logged.class);
        database.execute("INSERT INTO t VALUES (1)");
        assertThat(reader.read(connection)).isTrue();
      }
      assertThat(recorder.changes())
          .extracting(Change::table)
          .containsExactly("orderwire_canary", "orderwire_canary", "t");
    }
  }
}
