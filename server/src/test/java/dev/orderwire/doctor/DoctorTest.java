package dev.orderwire.doctor;

import static dev.orderwire.doctor.Finding.Severity.OK;
import static dev.orderwire.doctor.Finding.Severity.PROBLEM;
import static dev.orderwire.doctor.Finding.Severity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.doctor.Finding.Severity;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.testing.InstallRights;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoctorTest {
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

  private List<Finding> examine(String... tables) {
    return Doctor.examine(mysql, List.of(tables), false, true);
  }

  /** The one finding of that subject that is not OK. */
  private static Finding notOk(List<Finding> findings, String subject) {
    List<Finding> found =
        findings.stream()
            .filter(finding -> finding.subject().equals(subject) && finding.severity() != OK)
            .toList();
    assertThat(found).as(findings.toString()).hasSize(1);
    return found.getFirst();
  }

  private static List<Severity> severities(List<Finding> findings) {
    return findings.stream().map(Finding::severity).distinct().sorted().toList();
  }

  @Test
  void theTableOfRevokedTokensIsMadeByTheInstallation() {
    List<Finding> before = examine("t", RevokedTable.NAME);
    assertThat(notOk(before, "table orderwire_revoked").severity()).isEqualTo(WARNING);
    assertThat(severities(before)).as(before.toString()).doesNotContain(PROBLEM);
    new TriggerCapture().install(mysql, List.of("t", RevokedTable.NAME), InstallOptions.DEFAULT);
    List<Finding> after = examine("t", RevokedTable.NAME);
    assertThat(severities(after)).as(after.toString()).containsExactly(OK);
    assertThat(new TriggerCapture().uninstall(mysql)).contains("table orderwire_revoked");
  }

  @Test
  void aCompleteInstallationHasOnlyOkFindings() {
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    List<Finding> findings = examine("t");
    assertThat(severities(findings)).as(findings.toString()).containsExactly(OK);
    assertThat(findings)
        .extracting(Finding::subject)
        .containsExactly(
            "MySQL",
            "clocks",
            "durability",
            "binlog",
            "gaps",
            "truncated tables",
            "encryption",
            "session",
            "change log",
            "table t",
            "triggers on t",
            "privileges",
            "doorbell",
            "limits of triggers");
  }

  @Test
  void beforeTheFirstInstallNothingIsAProblem() {
    List<Finding> findings = examine("t");
    assertThat(severities(findings)).containsExactly(OK, WARNING);
    assertThat(notOk(findings, "change log").advice()).contains("orderwire install");
    assertThat(notOk(findings, "triggers on t").advice()).contains("orderwire install");
    assertThat(database.query("SHOW TABLES")).hasSize(1);
  }

  @Test
  void missingOrOutdatedTriggersAreAProblemOnceThereIsAChangeLog() {
    database.execute("CREATE TABLE u (id INT PRIMARY KEY)", "CREATE TABLE v (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t", "u"), InstallOptions.DEFAULT);
    database.execute("ALTER TABLE t ADD COLUMN n INT", "DROP TRIGGER orderwire_u_update");
    List<Finding> findings = examine("t", "u", "v");
    for (String table : List.of("t", "u", "v")) {
      Finding finding = notOk(findings, "triggers on " + table);
      assertThat(finding.severity()).isEqualTo(PROBLEM);
      assertThat(finding.found()).contains("orderwire_" + table + "_update");
    }
    assertThat(notOk(findings, "triggers on u").found()).doesNotContain("orderwire_u_insert");
  }

  @Test
  void tablesThatCannotBeFollowedAreProblems() {
    database.execute(
        "CREATE TABLE keyless (id INT)", "CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM");
    List<Finding> findings = examine("keyless", "m", "nowhere");
    assertThat(notOk(findings, "table keyless").found()).contains("ADD PRIMARY KEY");
    assertThat(notOk(findings, "table m").found()).contains("ENGINE = InnoDB");
    assertThat(notOk(findings, "table nowhere").found()).contains("no table nowhere");
    assertThat(findings.stream().filter(finding -> finding.severity() == PROBLEM)).hasSize(3);
  }

  @Test
  void changesThatTriggersCannotLogAreAWarning() {
    database.execute(
        "CREATE TABLE c (id INT PRIMARY KEY, t INT,"
            + " CONSTRAINT gone FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE)",
        "CREATE TABLE p (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2");
    new TriggerCapture().install(mysql, List.of("t", "c", "p"), new InstallOptions(true, false));
    List<Finding> findings = examine("t", "c", "p");
    assertThat(severities(findings)).containsExactly(OK, WARNING);
    assertThat(notOk(findings, "table c").found()).contains("foreign key gone");
    assertThat(notOk(findings, "table p").found()).contains("partition");
  }

  @Test
  void aTableOfTheChangeLogsNameThatIsNotOursIsAProblem() {
    database.execute("CREATE TABLE orderwire_change_log (id INT PRIMARY KEY)");
    assertThat(notOk(examine("t"), "change log").found()).contains("Rename it");
  }

  @Test
  void missingPrivilegesAreNamedWithTheirGrant() {
    try (TestUser user = TestUser.create(database, "GRANT SELECT ON t TO %s");
        Mysql own = new Mysql(user.options())) {
      List<Finding> findings = Doctor.examine(own, List.of("t"), false, true);
      assertThat(findings.stream().filter(finding -> finding.severity() == PROBLEM))
          .hasSize(3)
          .allMatch(finding -> finding.subject().equals("privileges"))
          .allMatch(finding -> finding.found().contains(" TO " + user.account() + ";"));
      assertThat(notOk(findings, "gaps").advice())
          .startsWith("GRANT SELECT ON performance_schema.* TO " + user.account());

      new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
      user.grant("GRANT SELECT ON orderwire_change_log TO %s");
      user.grant("GRANT SELECT ON orderwire_state TO %s");
      user.grant("GRANT SELECT ON performance_schema.* TO %s");
      database.execute("GRANT PROCESS ON *.* TO " + user.account());
      List<Finding> reader = Doctor.examine(own, List.of("t"), false, true);
      // Enough to follow, but not to see triggers.
      assertThat(notOk(reader, "triggers on t").severity()).isEqualTo(WARNING);
      assertThat(notOk(reader, "triggers on t").advice()).startsWith("GRANT TRIGGER ON");
      assertThat(reader.stream().filter(finding -> finding.severity() != OK)).hasSize(1);
    }
  }

  @Test
  void triggersOfAnotherUserAreAWarning() {
    try (TestUser other = TestUser.create(database, InstallRights.ALL)) {
      try (Mysql own = new Mysql(other.options())) {
        new TriggerCapture().install(own, List.of("t"), InstallOptions.DEFAULT);
      }
      Finding finding = notOk(examine("t"), "triggers on t");
      assertThat(finding.severity()).isEqualTo(WARNING);
      assertThat(finding.found()).contains(other.name() + "@127.0.0.1");
    }
  }

  @Test
  void settingsThatLoseChangesAreWarnings() {
    Map<String, List<String>> settings =
        Map.of(
            "durability", List.of("innodb_flush_log_at_trx_commit", "2"),
            "read_only", List.of("read_only", "1"));
    settings.forEach((subject, setting) -> {
      String name = setting.getFirst();
      String before =
          String.valueOf(database.query("SELECT @@global." + name).getFirst().getFirst());
      database.execute("SET GLOBAL " + name + " = " + setting.getLast());
      try {
        Finding finding = notOk(examine("t"), subject);
        assertThat(finding.severity()).isEqualTo(WARNING);
        assertThat(finding.found()).contains(name);
      } finally {
        database.execute("SET GLOBAL " + name + " = " + before);
      }
    });
  }

  @Test
  void aBinlogOfStatementsIsAProblemAndAMixedOneIsNot() {
    try {
      database.execute("SET GLOBAL binlog_format = STATEMENT");
      Finding finding = notOk(examine("t"), "binlog");
      assertThat(finding.severity()).isEqualTo(PROBLEM);
      assertThat(finding.found()).contains("SET PERSIST binlog_format = ROW;");
      database.execute("SET GLOBAL binlog_format = MIXED");
      assertThat(examine("t")).contains(new Finding(OK, "binlog", "on, with format MIXED", ""));
    } finally {
      database.execute("SET GLOBAL binlog_format = ROW");
    }
  }

  @Test
  void anInstalledTableThatWasAlteredToBeRefusedIsAProblem() {
    database.execute("CREATE TABLE u (id INT PRIMARY KEY, at TIMESTAMP)");
    new TriggerCapture().install(mysql, List.of("t", "u"), InstallOptions.DEFAULT);
    database.execute(
        "ALTER TABLE t MODIFY id VARCHAR(9) CHARACTER SET cp932",
        "ALTER TABLE u ADD COLUMN day VARCHAR(10) AS (DATE(at)) VIRTUAL");
    List<Finding> findings = examine("t", "u");
    assertThat(notOk(findings, "table t").severity()).isEqualTo(PROBLEM);
    assertThat(notOk(findings, "table t").found()).contains("column id", "cp932");
    assertThat(notOk(findings, "table u").severity()).isEqualTo(PROBLEM);
    assertThat(notOk(findings, "table u").found()).contains("column day", "time_zone", "STORED");
  }

  @Test
  void clocksThatDifferAreAWarning() {
    for (long seconds : List.of(-5L, 5L)) {
      List<Finding> findings =
          Doctor.examine(
              mysql, List.of("t"), false, true, () -> Instant.now().plusSeconds(seconds));
      assertThat(notOk(findings, "clocks").found())
          .contains(seconds < 0 ? "ahead of" : "behind")
          .containsPattern(" [45]\\d\\d\\d ms ");
    }
  }

  private static String doorbell(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.subject().equals("doorbell"))
        .map(Finding::found)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whetherTheBinlogAnnouncesChangesIsReported() {
    assertThat(doorbell(examine("t"))).startsWith("the binlog announces");
    assertThat(doorbell(Doctor.examine(mysql, List.of("t"), false, false)))
        .startsWith("none")
        .contains("tail.doorbell is false");
    try (TestUser user = TestUser.create(database, "GRANT SELECT ON t TO %s");
        Mysql own = new Mysql(user.options())) {
      assertThat(doorbell(Doctor.examine(own, List.of("t"), false, true)))
          .startsWith("none")
          .contains(
              "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO " + user.account() + ";");
    }
  }

  @Test
  void aBinlogThatCannotBeFollowedIsAWarning() {
    MysqlOptions there = database.options();
    MysqlOptions ambiguous =
        new MysqlOptions(
            there.host(),
            there.port(),
            there.user(),
            there.password(),
            there.database(),
            1,
            Map.of("useSSL", "true"));
    try (Mysql own = new Mysql(ambiguous)) {
      Finding finding = notOk(Doctor.examine(own, List.of("t"), false, true), "doorbell");
      assertThat(finding.severity()).isEqualTo(WARNING);
      assertThat(finding.found()).contains("set mysql.tls instead");
    }
  }

  @Test
  void anUnreachableMysqlIsAProblem() {
    MysqlOptions there = database.options();
    MysqlOptions nowhere =
        new MysqlOptions(
            there.host(), 1, there.user(), there.password(), there.database(), 1, Map.of());
    try (Mysql absent = new Mysql(nowhere)) {
      List<Finding> findings = Doctor.examine(absent, List.of("t"), false, true);
      assertThat(findings).hasSize(1);
      assertThat(notOk(findings, "MySQL").severity()).isEqualTo(PROBLEM);
    }
  }
}
