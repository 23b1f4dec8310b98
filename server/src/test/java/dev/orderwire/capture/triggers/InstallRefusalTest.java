package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Query;
import dev.orderwire.testing.ClientScript;
import dev.orderwire.testing.InOneSession;
import dev.orderwire.testing.InstallRights;
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

class InstallRefusalTest {
  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void connect() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  private static OrderwireException refusal(Mysql mysql, String... tables) {
    OrderwireException refusal =
        catchThrowableOfType(
            OrderwireException.class,
            () -> new TriggerCapture().install(mysql, List.of(tables), InstallOptions.DEFAULT));
    assertThat(refusal).isNotNull();
    return refusal;
  }

  private void assertNothingInstalled() {
    assertThat(database.query("SHOW TABLES LIKE 'orderwire%'")).isEmpty();
    assertThat(database.query("SHOW TRIGGERS")).isEmpty();
  }

  @Test
  void theErrorForAnUnknownTableNamesTheNearest() {
    database.execute("CREATE TABLE orders (id INT PRIMARY KEY)", "CREATE TABLE customers (id INT)");
    assertThat(refusal(mysql, "ordres"))
        .hasMessageContaining("no table ordres")
        .hasMessageContaining("nearest: orders. ")
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.UNKNOWN_TABLE);
    // Table names are case-sensitive here.
    assertThat(refusal(mysql, "Orders")).hasMessageContaining("nearest: orders. ");
    assertThat(refusal(mysql, "zebra")).hasMessageNotContaining("nearest");
    assertNothingInstalled();
  }

  @Test
  void aViewIsRefused() {
    database.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY)",
        "CREATE VIEW open_orders AS SELECT * FROM orders");
    assertThat(refusal(mysql, "open_orders"))
        .hasMessageContaining("open_orders is a view")
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.NOT_A_TABLE);
  }

  @Test
  void theChangeLogItselfCannotBeWatched() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    assertThat(refusal(mysql, "orderwire_change_log").code().text()).isEqualTo("not_a_table");
  }

  @Test
  void aTableWithoutAKeyIsRefused() {
    database.execute(
        "CREATE TABLE t (id INT, other INT NOT NULL, UNIQUE (id), UNIQUE (other, id), KEY (other))");
    assertThat(refusal(mysql, "t"))
        .hasMessageContaining("ALTER TABLE `t` ADD PRIMARY KEY")
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.NO_KEY);
    assertNothingInstalled();
  }

  @Test
  void aTableWithoutTransactionsIsRefused() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY) ENGINE = MyISAM");
    assertThat(refusal(mysql, "t"))
        .hasMessageContaining("uses the engine MyISAM")
        .hasMessageContaining("ALTER TABLE `t` ENGINE = InnoDB")
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.NO_TRANSACTIONS);
  }

  @Test
  void aTableDroppedDuringTheCheckIsUnknown() throws SQLException {
    try (Connection connection = mysql.connect()) {
      assertThatThrownBy(() -> TableChecks.engine(connection, "gone", new Problems()))
          .isInstanceOfSatisfying(
              OrderwireException.class,
              refusal -> assertThat(refusal.code().text()).isEqualTo("unknown_table"));
    }
  }

  @Test
  void aTableWithCascadesIsRefusedUnlessAllowed() {
    database.execute(
        "CREATE TABLE customers (id INT PRIMARY KEY)",
        "CREATE TABLE harmless (id INT PRIMARY KEY, c INT, FOREIGN KEY (c) REFERENCES customers (id))",
        """
        CREATE TABLE orders (id INT PRIMARY KEY, c INT, d INT, e INT,
          CONSTRAINT del FOREIGN KEY (c) REFERENCES customers (id) ON DELETE CASCADE,
          CONSTRAINT nul FOREIGN KEY (d) REFERENCES customers (id) ON DELETE SET NULL,
          CONSTRAINT upd FOREIGN KEY (e) REFERENCES customers (id) ON UPDATE CASCADE)\
        """);
    List<String> tables = List.of("customers", "harmless", "orders");
    assertThat(refusal(mysql, tables.toArray(String[]::new)))
        .hasMessageContainingAll("foreign key del", "foreign key nul", "foreign key upd")
        .hasMessageNotContaining("harmless")
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.CASCADE);
    assertNothingInstalled();
    assertThat(new TriggerCapture().install(mysql, tables, new InstallOptions(true, false)).made())
        .hasSize(10);
  }

  @Test
  void aForeignTableNamedLikeTheChangeLogIsRefusedAndKept() {
    database.execute(
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "CREATE TABLE orderwire_change_log (id INT PRIMARY KEY, precious TEXT)");
    assertThat(refusal(mysql, "t"))
        .hasMessageContainingAll("precious text", "Rename it")
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.FOREIGN_CHANGE_LOG);
    assertThatThrownBy(() -> new TriggerCapture().uninstall(mysql))
        .extracting("code")
        .isEqualTo(ErrorCode.FOREIGN_CHANGE_LOG);
    assertThat(database.query("SHOW TABLES LIKE 'orderwire%'")).hasSize(1);
  }

  @Test
  void allProblemsOfAllTablesAreReportedTogether() {
    database.execute(
        "CREATE TABLE keyless (id INT)",
        "CREATE TABLE fine (id INT PRIMARY KEY)",
        "CREATE TABLE p (id INT PRIMARY KEY) ENGINE = MyISAM");
    assertThat(refusal(mysql, "keyless", "missing", "fine", "p"))
        .hasMessageContainingAll("keyless has neither", "no table missing", "p uses the engine")
        .extracting(OrderwireException::code)
        .isEqualTo(ErrorCode.CANNOT_INSTALL);
    assertNothingInstalled();
  }

  @Test
  void eachMissingPrivilegeIsReportedWithItsGrant() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    // Sees the table, but has none of the needed privileges.
    try (TestUser user = TestUser.create(database, "GRANT UPDATE, SELECT (id) ON t TO %s");
        Mysql own = new Mysql(user.options())) {
      OrderwireException refusal = refusal(own, "t");
      assertThat(refusal.code().text()).isEqualTo("missing_privilege");
      String db = "`" + database.name() + "`";
      List<String> grants =
          List.of(
              "GRANT SELECT, INSERT, CREATE ON "
                  + db
                  + ".`orderwire_change_log` TO "
                  + user.account(),
              "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON "
                  + db
                  + ".`orderwire_state` TO "
                  + user.account(),
              "GRANT SELECT, TRIGGER ON " + db + ".`t` TO " + user.account());
      assertThat(refusal).hasMessageContainingAll(grants.toArray(String[]::new));

      // Each reported grant is needed, and all together are enough.
      for (int left = grants.size(); left > 0; left--) {
        assertThat(refusal(own, "t").toString().lines()).hasSize(left);
        database.execute(grants.get(left - 1));
      }
      assertThat(new TriggerCapture().install(own, List.of("t"), InstallOptions.DEFAULT).made())
          .hasSize(4);
      database.execute("INSERT INTO t VALUES (1)");
      assertThat(Logged.texts(database)).containsExactly("insert {'id': 1}: null -> {'id': 1}");
    }
  }

  @Test
  void aUserWhoCannotSeeTheColumnsIsToldTheGrant() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    try (TestUser user = TestUser.create(database, "GRANT TRIGGER ON t TO %s");
        Mysql own = new Mysql(user.options())) {
      OrderwireException refusal = refusal(own, "t");
      assertThat(refusal)
          .hasMessageContaining(
              "lacks the privilege SELECT on the table t: GRANT SELECT ON `%s`.`t` TO %s;",
              database.name(), user.account());
      assertThat(refusal.code().text()).isEqualTo("missing_privilege");
    }
  }

  private static boolean maySelect(Mysql mysql) {
    try (Connection connection = mysql.connect()) {
      Query.execute(connection, "SELECT 1 FROM t LIMIT 0");
      return true;
    } catch (SQLException e) {
      assertThat(e.getErrorCode()).isEqualTo(1142);
      return false;
    }
  }

  @Test
  void privilegesByRoleOrPatternCount() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    String pattern = "`" + database.name().replace("_", "\\_") + "`";
    String role = "role_of_" + database.name();
    database.execute(
        "CREATE ROLE " + role,
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON " + pattern + ".* TO " + role);
    try (TestUser user =
            TestUser.create(
                database,
                "GRANT TRIGGER ON `test\\_%%`.* TO %s",
                "GRANT " + role + " TO %s",
                "ALTER USER %s DEFAULT ROLE " + role);
        Mysql own = new Mysql(user.options())) {
      if (maySelect(own)) {
        assertThat(new TriggerCapture().install(own, List.of("t"), InstallOptions.DEFAULT).made())
            .hasSize(4);
      } else {
        // MySQL 9.7 applies one of two grants whose patterns match.
        assertThat(refusal(own, "t"))
            .hasMessageContaining("although it lists it")
            .hasMessageContaining("GRANT SELECT, TRIGGER ON `" + database.name() + "`.`t`");
      }
    } finally {
      database.execute("DROP ROLE " + role);
    }
  }

  @Test
  void aBinlogThatForbidsTriggersIsReportedWithTheWayOut() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    try (TestUser user = TestUser.create(database, InstallRights.ALL);
        Mysql own = new Mysql(user.options())) {
      database.execute("SET GLOBAL log_bin_trust_function_creators = 0");
      try {
        assertThat(refusal(own, "t"))
            .hasMessageContaining("SET PERSIST log_bin_trust_function_creators = 1;")
            .extracting(OrderwireException::code)
            .isEqualTo(ErrorCode.BINLOG_FORBIDS_TRIGGERS);
        assertNothingInstalled();
        // A user with SUPER needs nothing else.
        assertThat(new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT).made())
            .hasSize(4);
      } finally {
        database.execute("SET GLOBAL log_bin_trust_function_creators = 1");
      }
    }
  }

  @Test
  void aBinlogOfStatementsIsRefusedAsTheServerCouldNotWrite() throws SQLException {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    database.execute("SET GLOBAL binlog_format = STATEMENT");
    // Sessions keep the format that they began with.
    try (Mysql later = new Mysql(database.options());
        Connection session = later.connect();
        Statement statement = session.createStatement()) {
      assertThatThrownBy(() -> statement.execute("INSERT INTO u VALUES (1)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1665));
      for (String table : List.of("t", "u")) {
        assertThat(refusal(later, table))
            .hasMessageContaining("SET PERSIST binlog_format = ROW;")
            .extracting(OrderwireException::code)
            .isEqualTo(ErrorCode.BINLOG_FORMAT);
      }
      assertThatThrownBy(
              () -> InOneSession.printInstall(later, List.of("t"), InstallOptions.DEFAULT))
          .extracting("code")
          .isEqualTo(ErrorCode.BINLOG_FORMAT);
    } finally {
      database.execute("SET GLOBAL binlog_format = ROW");
    }
  }

  @Test
  void aMixedBinlogIsAccepted() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)", "SET GLOBAL binlog_format = MIXED");
    try (Mysql own = new Mysql(database.options())) {
      assertThat(new TriggerCapture().install(own, List.of("t"), InstallOptions.DEFAULT).made())
          .hasSize(4);
      database.execute("INSERT INTO t VALUES (1)");
      assertThat(Logged.texts(database)).containsExactly("insert {'id': 1}: null -> {'id': 1}");
    } finally {
      database.execute("SET GLOBAL binlog_format = ROW");
    }
  }

  @Test
  void aUserWhoMayOnlyReadFindsACompleteInstall() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    // Without TRIGGER, MySQL would hide the triggers.
    try (TestUser user =
            TestUser.create(
                database,
                "GRANT SELECT, TRIGGER ON t TO %s",
                "GRANT SELECT ON orderwire_change_log TO %s",
                "GRANT SELECT ON orderwire_state TO %s");
        Mysql own = new Mysql(user.options())) {
      assertThat(new TriggerCapture().install(own, List.of("t"), InstallOptions.DEFAULT).current())
          .hasSize(4);
    }
  }

  @Test
  void printNeedsNoPrivileges() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    try (TestUser user = TestUser.create(database, "GRANT SELECT ON t TO %s");
        Mysql own = new Mysql(user.options())) {
      ClientScript.run(
          database, InOneSession.printInstall(own, List.of("t"), InstallOptions.DEFAULT));
    }
    assertThat(new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT).made())
        .isEmpty();
  }

  @Test
  void uninstallIsRefusedIfTriggersCouldBeHidden() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    try (TestUser user =
            TestUser.create(
                database,
                "GRANT SELECT ON t TO %s",
                "GRANT TRIGGER ON u TO %s",
                "GRANT SELECT ON orderwire_change_log TO %s");
        Mysql own = new Mysql(user.options())) {
      assertThatThrownBy(() -> new TriggerCapture().uninstall(own))
          .hasMessageContainingAll(
              "GRANT TRIGGER ON `" + database.name() + "`.`t`", "GRANT DROP ON")
          .extracting("code")
          .isEqualTo(ErrorCode.MISSING_PRIVILEGE);
    }
    assertThat(database.query("SHOW TRIGGERS")).hasSize(3);
  }

  @Test
  void aTableInUseIsLeftUnchanged() throws SQLException {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    try (Connection holder = database.connect();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1)");
      assertThat(refusal(mysql, "t"))
          .hasMessageContaining("performance_schema.metadata_locks")
          .extracting(OrderwireException::code)
          .isEqualTo(ErrorCode.TABLE_BUSY);
      holder.commit();
    }
    assertThat(database.query("SHOW TRIGGERS")).isEmpty();
    assertThat(new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT).made())
        .hasSize(3);
  }
}
