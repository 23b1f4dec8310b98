package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.doctor.Doctor;
import dev.orderwire.doctor.Finding;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.testing.ClientScript;
import dev.orderwire.testing.InOneSession;
import dev.orderwire.testing.InstallRights;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import dev.orderwire.upkeep.CanaryRows.Outcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CanaryRowsTest {
  private static final InstallOptions WITH_CANARY = new InstallOptions(false, true);
  private static final String LOGGED =
      "SELECT id FROM orderwire_change_log WHERE table_name = 'orderwire_canary' ORDER BY id";

  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void connect() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  private static long logged(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Logged.class);
    return ((Outcome.Logged) outcome).id();
  }

  private List<Long> inLog() {
    return database.query(LOGGED).stream()
        .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
        .toList();
  }

  @Test
  void aBeatDeletesTheArrivedOnesButTheLastAndNothingElse() {
    new TriggerCapture().install(mysql, List.of("t"), WITH_CANARY);
    try (CanaryRows beats = new CanaryRows(mysql);
        CanaryRows others = new CanaryRows(mysql)) {
      long first = logged(beats.write(0));
      long second = logged(beats.write(first));
      database.execute("INSERT INTO t VALUES (1)");
      long foreign = logged(others.write(second));
      beats.arrived(first);
      long third = logged(beats.write(foreign));
      assertThat(inLog()).containsExactly(first, second, foreign, third);
      beats.arrived(second);
      long fourth = logged(beats.write(third));
      assertThat(inLog()).containsExactly(second, foreign, third, fourth);
      // A beat that is not logged deletes nothing, since that could be the newest row.
      beats.arrived(third);
      database.execute("DROP TRIGGER orderwire_orderwire_canary_update");
      assertThat(beats.write(fourth)).isInstanceOf(Outcome.Unlogged.class);
      assertThat(inLog()).containsExactly(second, foreign, third, fourth);
      new TriggerCapture().install(mysql, List.of("t"), WITH_CANARY);
      long fifth = logged(beats.write(fourth));
      assertThat(inLog()).contains(foreign, third, fourth, fifth).doesNotContain(second);
    }
    assertThat(database.query("SELECT COUNT(*) FROM orderwire_change_log WHERE table_name = 't'"))
        .containsExactly(List.of("1"));
  }

  /** Mutation: keep the ids of the log before. Then the newest row is not the highest of them. */
  @Test
  void afterTheLogWasReplacedItsNewestRowStays() {
    new TriggerCapture().install(mysql, List.of("t"), WITH_CANARY);
    try (CanaryRows beats = new CanaryRows(mysql)) {
      beats.arrived(30_000);
      beats.arrived(30_001);
      long first = logged(beats.write(0));
      beats.arrived(first);
      long second = logged(beats.write(first));
      assertThat(inLog()).containsExactly(first, second);
      beats.arrived(second);
      long third = logged(beats.write(second));
      assertThat(inLog()).containsExactly(second, third);
    }
  }

  @Test
  void beatsOfOtherServersAreNotItsOwn() {
    new TriggerCapture().install(mysql, List.of("t"), WITH_CANARY);
    try (CanaryRows beats = new CanaryRows(mysql);
        CanaryRows others = new CanaryRows(mysql)) {
      logged(beats.write(0));
      logged(others.write(0));
      logged(others.write(0));
      database.execute("DROP TRIGGER orderwire_orderwire_canary_update");
      assertThat(beats.write(0)).isInstanceOf(Outcome.Unlogged.class);
      database.execute("DROP TABLE orderwire_change_log");
      assertThat(beats.write(0)).isInstanceOf(Outcome.Unlogged.class);
    }
  }

  @Test
  void itReconnects() {
    new TriggerCapture().install(mysql, List.of("t"), WITH_CANARY);
    try (CanaryRows beats = new CanaryRows(mysql)) {
      logged(beats.write(0));
      for (List<?> row :
          database.query(
              "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = '"
                  + database.name()
                  + "'")) {
        database.execute("KILL " + row.getFirst());
      }
      assertThat(beats.write(0)).isInstanceOf(Outcome.Failed.class);
      logged(beats.write(0));
    }
  }

  @Test
  void aNewServerTakesOverTheRowOfOneThatEnded() {
    new TriggerCapture().install(mysql, List.of("t"), WITH_CANARY);
    try (CanaryRows ended = new CanaryRows(mysql);
        CanaryRows running = new CanaryRows(mysql)) {
      logged(ended.write(0));
      logged(running.write(0));
      String rows = "SELECT server, beat FROM orderwire_canary ORDER BY at";
      assertThat(database.query(rows)).hasSize(2);
      database.execute(
          "UPDATE orderwire_canary SET at = NOW() - INTERVAL 2 HOUR ORDER BY at LIMIT 1");
      Object server = database.query(rows).getFirst().getFirst();
      try (CanaryRows next = new CanaryRows(mysql);
          CanaryRows another = new CanaryRows(mysql)) {
        logged(next.write(0));
        assertThat(database.query(rows)).hasSize(2);
        assertThat(database.query(rows).getLast()).containsExactly(String.valueOf(server), "2");
        logged(another.write(0));
        assertThat(database.query(rows)).hasSize(3);
      }
    }
  }

  @Test
  void withoutThePrivilegesToDeleteBeatsStayInTheLog() {
    try (TestUser user =
            TestUser.create(
                database,
                "GRANT SELECT, TRIGGER ON t TO %s",
                "GRANT SELECT, INSERT, UPDATE, CREATE, TRIGGER ON orderwire_canary TO %s",
                "GRANT SELECT, INSERT, CREATE ON orderwire_change_log TO %s",
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON orderwire_state TO %s",
                "GRANT SELECT ON performance_schema.* TO %s");
        Mysql own = new Mysql(user.options());
        CanaryRows beats = new CanaryRows(own)) {
      assertThat(InOneSession.obstacleToCanary(own, true)).isEmpty();
      assertThat(InOneSession.obstacleToCanary(own, false).orElseThrow())
          .contains("orderwire install");
      new TriggerCapture().install(own, List.of("t"), WITH_CANARY);
      assertThat(InOneSession.obstacleToCanary(own, false)).isEmpty();
      long first = logged(beats.write(0));
      assertThat(beats.deletesOldBeats()).isFalse();
      beats.arrived(first);
      long second = logged(beats.write(first));
      assertThat(inLog()).containsExactly(first, second);
      assertThat(canary(own).found()).contains("once a minute");
      assertThat(canary(own).advice()).startsWith("GRANT DELETE ON");

      user.grant("GRANT DELETE ON orderwire_change_log TO %s");
      assertThat(canary(own).severity()).isEqualTo(Finding.Severity.OK);
      try (CanaryRows granted = new CanaryRows(own)) {
        long third = logged(granted.write(second));
        assertThat(granted.deletesOldBeats()).isTrue();
        granted.arrived(third);
        long fourth = logged(granted.write(third));
        granted.arrived(fourth);
        long fifth = logged(granted.write(fourth));
        assertThat(inLog()).containsExactly(first, second, fourth, fifth);
      }
      // Another server that was too slow to see the row could never prove its gap dead.
      database.execute("REVOKE SELECT ON performance_schema.* FROM " + user.account());
      try (CanaryRows blind = new CanaryRows(own)) {
        logged(blind.write(second));
        assertThat(blind.deletesOldBeats()).isFalse();
      }
    }
  }

  private static Finding canary(Mysql mysql) {
    List<Finding> found =
        Doctor.examine(mysql, List.of("t"), true, true).stream()
            .filter(finding -> finding.subject().equals("canary"))
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @Test
  void withoutThePrivilegesForItsTableTheRestIsInstalled() {
    try (TestUser user = TestUser.create(database, InstallRights.ALL);
        Mysql own = new Mysql(user.options())) {
      Optional<String> obstacle = InOneSession.obstacleToCanary(own, true);
      assertThat(obstacle.orElseThrow())
          .contains("SELECT, INSERT, UPDATE, TRIGGER, CREATE ON `" + database.name());
      assertThat(canary(own).found()).contains("would run without one");
      new TriggerCapture().install(own, List.of("t"), InstallOptions.DEFAULT);
      assertThat(database.query("SHOW TABLES LIKE 'orderwire_canary'")).isEmpty();
    }
  }

  @Test
  void itsTableIsCreatedAndRemovedWithTheRest() {
    assertThat(InOneSession.printInstall(mysql, List.of("t"), WITH_CANARY))
        .contains("CREATE TABLE IF NOT EXISTS orderwire_canary");
    assertThat(canary(mysql).advice()).contains("orderwire install");
    ClientScript.run(database, InOneSession.printInstall(mysql, List.of("t"), WITH_CANARY));
    assertThat(InOneSession.printInstall(mysql, List.of("t"), WITH_CANARY)).isEmpty();
    assertThat(canary(mysql).severity()).isEqualTo(Finding.Severity.OK);
    try (CanaryRows beats = new CanaryRows(mysql)) {
      logged(beats.write(0));
    }
    assertThat(new TriggerCapture().uninstall(mysql)).contains("table orderwire_canary");
    assertThat(database.query("SHOW TABLES")).containsExactly(List.of("t"));
    assertThat(database.query("SHOW TRIGGERS")).isEmpty();
  }

  @Test
  void aTableOfItsNameThatIsNotOursIsAnObstacle() {
    database.execute("CREATE TABLE orderwire_canary (bird VARCHAR(20) PRIMARY KEY)");
    assertThat(InOneSession.obstacleToCanary(mysql, true).orElseThrow())
        .contains("orderwire_canary was not created by Orderwire");
  }
}
