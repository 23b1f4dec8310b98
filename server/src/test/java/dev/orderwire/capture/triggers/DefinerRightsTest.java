package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.doctor.Doctor;
import dev.orderwire.doctor.Finding;
import dev.orderwire.doctor.Finding.Severity;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Privileges;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MySQL runs a trigger with its definer's own privileges and those of its default roles alone. */
class DefinerRightsTest {
  private static final InstallOptions WITH_CANARY = new InstallOptions(false, true);
  private static final String INSERT = "INSERT INTO t VALUES (1)";

  private final TestDatabase database = TestMysql.database();
  private final String role = "role_of_" + database.name();

  @BeforeEach
  void create() {
    database.execute(
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "CREATE ROLE " + role,
        "GRANT ALL ON " + database.name() + ".* TO " + role);
  }

  @AfterEach
  void drop() {
    database.execute(
        "SET GLOBAL activate_all_roles_on_login = OFF",
        "SET GLOBAL mandatory_roles = ''",
        "DROP ROLE " + role);
    database.close();
  }

  private static OrderwireException refusal(Mysql mysql) {
    OrderwireException refusal =
        catchThrowableOfType(
            OrderwireException.class,
            () -> new TriggerCapture().install(mysql, List.of("t"), WITH_CANARY));
    assertThat(refusal).as("a refusal").isNotNull();
    return refusal;
  }

  private void assertNothingInstalled() {
    assertThat(database.query("SHOW TABLES LIKE 'orderwire%'")).isEmpty();
    assertThat(database.query("SHOW TRIGGERS")).isEmpty();
  }

  private static List<String> problems(Mysql mysql) {
    return Doctor.examine(mysql, List.of("t"), false, true).stream()
        .filter(finding -> finding.severity() == Severity.PROBLEM)
        .filter(finding -> finding.subject().equals("triggers on t"))
        .map(Finding::toString)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GRANT %s TO %s", "SET GLOBAL mandatory_roles = '%s'"})
  void anInstallByARoleThatIsNotADefaultRoleIsRefused(String granted) {
    try (TestUser user = TestUser.create(database, List.of())) {
      database.execute(
          granted.formatted(role, user.account()), "SET GLOBAL activate_all_roles_on_login = ON");
      try (Mysql own = new Mysql(user.options())) {
        assertThat(refusal(own))
            .hasMessageContaining("lack SELECT, TRIGGER on t: GRANT SELECT, TRIGGER ON ")
            .hasMessageContaining("lack INSERT on orderwire_change_log")
            .hasMessageContaining("SET DEFAULT ROLE `" + role + "`@`%` TO " + user.account() + ";")
            .extracting(OrderwireException::code)
            .isEqualTo(ErrorCode.MISSING_PRIVILEGE);
        assertNothingInstalled();
        assertThat(
                Doctor.examine(own, List.of("t"), false, true).stream()
                    .filter(finding -> finding.severity() == Severity.PROBLEM)
                    .map(Finding::found))
            .anyMatch(found -> found.contains("SET DEFAULT ROLE"));

        database.execute("SET DEFAULT ROLE " + role + " TO " + user.account());
        new TriggerCapture().install(own, List.of("t"), WITH_CANARY);
        database.execute(INSERT);
        assertThat(Logged.texts(database)).containsExactly("insert {'id': 1}: null -> {'id': 1}");
      }
    }
  }

  @Test
  void aRoleThatIsNoLongerADefaultRoleIsAProblemOfTheInstalledTriggers() {
    try (TestUser user = TestUser.create(database, "GRANT " + role + " TO %s");
        Mysql own = new Mysql(user.options());
        Mysql root = new Mysql(database.options())) {
      database.execute(
          "SET DEFAULT ROLE " + role + " TO " + user.account(),
          "SET GLOBAL activate_all_roles_on_login = ON");
      new TriggerCapture().install(own, List.of("t"), WITH_CANARY);
      assertThat(problems(own)).isEmpty();
      assertThat(problems(root)).isEmpty();

      database.execute("SET DEFAULT ROLE NONE TO " + user.account());
      assertThatThrownBy(() -> database.execute(INSERT)).hasStackTraceContaining("TRIGGER command");
      assertThat(problems(own)).hasSize(2).allMatch(it -> it.contains("SET DEFAULT ROLE"));
      assertThat(problems(root)).hasSize(2).allMatch(it -> it.contains(user.account()));
      assertThat(refusal(own).code()).isEqualTo(ErrorCode.MISSING_PRIVILEGE);
    }
  }

  @Test
  void aDefinerWhoIsGoneIsAProblem() {
    try (Mysql root = new Mysql(database.options())) {
      try (TestUser user =
              TestUser.create(
                  database, "GRANT " + role + " TO %s", "ALTER USER %s DEFAULT ROLE " + role);
          Mysql own = new Mysql(user.options())) {
        new TriggerCapture().install(own, List.of("t"), WITH_CANARY);
      }
      assertThatThrownBy(() -> database.execute(INSERT)).hasStackTraceContaining("does not exist");
      assertThat(problems(root)).singleElement().asString().contains("does not exist");
    }
  }

  /** On 8.0.15, a SET ROLE alone would take the privileges on the database from the session. */
  @Test
  void theRolesAndPrivilegesOfTheSessionStay() throws SQLException {
    try (TestUser user =
            TestUser.create(database, "GRANT SELECT ON * TO %s", "GRANT " + role + " TO %s");
        Mysql own = new Mysql(user.options());
        Connection session = own.open();
        Statement statement = session.createStatement()) {
      for (String roles : List.of("NONE", "`" + role + "`@`%`")) {
        statement.execute("SET ROLE " + roles);
        statement.execute("USE " + database.name());
        Privileges.ofTriggers(session);
        assertThat(Privileges.activeRoles(session)).isEqualTo(roles);
        statement.execute("SELECT * FROM t");
      }
    }
  }

  /** Privileges cannot show everything that keeps a trigger from logging; a write does. */
  @ParameterizedTest
  @ValueSource(strings = {"42000", "45000"})
  void ifTheTriggersOfTheCanaryFailThenNoOtherTableGetsTriggers(String state) {
    try (Mysql root = new Mysql(database.options())) {
      new TriggerCapture().install(root, List.of(), InstallOptions.DEFAULT);
      database.execute(
          "CREATE TRIGGER obstacle BEFORE INSERT ON orderwire_change_log FOR EACH ROW"
              + " SIGNAL SQLSTATE '"
              + state
              + "' SET MESSAGE_TEXT = 'the log is closed'");
      assertThat(refusal(root).code()).isEqualTo(ErrorCode.TRIGGERS_FAIL);
      assertThat(database.query("SHOW TRIGGERS WHERE `Table` = 't'")).isEmpty();
      database.execute(INSERT, "DROP TRIGGER obstacle");
      new TriggerCapture().install(root, List.of("t"), WITH_CANARY);
      assertThat(database.query("SHOW TRIGGERS WHERE `Table` = 't'")).hasSize(3);
      assertThat(database.query("SELECT * FROM orderwire_canary")).isEmpty();
      assertThat(Logged.texts(database)).isEmpty();
    }
  }
}
