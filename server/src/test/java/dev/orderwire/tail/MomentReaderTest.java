package dev.orderwire.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Upstream.Next.Step;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.upkeep.CanaryRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

  /** Otherwise an idle server would read each beat as a replaced log, and lose the lead by it. */
  @Test
  void theDeletionOfOldBeatsDoesNotLookLikeAReplacedLog() throws SQLException {
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
        for (int i = 0; i < 5; i++) {
          long id = ((CanaryRows.Outcome.Logged) beats.write(0)).id();
          reader.read(connection);
          beats.arrived(id);
        }
      }
      assertThat(recorder.changes()).hasSize(5);
      assertThat(database.query("SELECT id FROM orderwire_change_log")).hasSize(2);
    }
  }

  /** Otherwise clients would take a half of a large transaction for a state of the database. */
  @Test
  void aStepFromElsewhereDoesNotCompleteAMomentThatWasReadInPart() throws SQLException {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options());
        Connection lost = mysql.openForPreparedStatements()) {
      database.execute("CREATE TABLE t (id INT PRIMARY KEY, note TEXT)");
      new TriggerCapture().install(mysql, List.of("t"), new InstallOptions(false, true));
      Recorder recorder = new Recorder();
      Position start = Tail.end(mysql);
      MomentReader reader =
          new MomentReader(
              TableVersions.read(mysql, List.of("t")),
              new Markers(),
              start,
              MomentListener.both(recorder, losingAtTheFirstPart(lost)));
      database.execute("INSERT INTO t VALUES (0, 'a')");
      Step small = new Step(start, List.of(), List.of(), Map.of(), Tail.end(mysql), true);
      database.execute(
          "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, REPEAT('x', 5000) FROM n");
      assertThatThrownBy(() -> reader.read(lost)).isInstanceOf(SQLException.class);
      assertThat(reader.take(small)).isFalse();
      assertThat(recorder.moments()).hasSize(1).noneMatch(Recorder.Moment::complete);
      try (Connection connection = mysql.connect()) {
        reader.read(connection);
      }
      assertThat(reader.take(small)).isTrue();
      assertThat(recorder.moments().getLast().complete()).isTrue();
      assertThat(recorder.changes()).hasSize(901);
    }
  }

  private static MomentListener losingAtTheFirstPart(Connection connection) {
    return new MomentListener() {
      @Override
      public void onMoment(
          List<Change> changes,
          List<TableVersion> resets,
          Position position,
          boolean complete,
          Instant notBefore) {
        if (!complete) {
          Mysql.abort(connection);
        }
      }

      @Override
      public void onRestart(Position position, List<TableVersion> tables) {
        // There is none.
      }
    };
  }
}
