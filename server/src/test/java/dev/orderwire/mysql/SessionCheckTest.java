package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.doctor.Doctor;
import dev.orderwire.doctor.Finding;
import dev.orderwire.doctor.Finding.Severity;
import dev.orderwire.tail.Tail;
import dev.orderwire.testing.SplittingProxy;
import dev.orderwire.testing.SplittingProxy.Splits;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class SessionCheckTest {
  private final TestDatabase database = TestMysql.database();
  private final String user = "bare_" + database.name();

  @BeforeEach
  void create() {
    database.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY)",
        "CREATE USER %s@'127.0.0.1' IDENTIFIED BY ''".formatted(user),
        "GRANT ALL ON *.* TO %s@'127.0.0.1'".formatted(user));
    try (Mysql mysql = new Mysql(database.options())) {
      new TriggerCapture().install(mysql, List.of("orders"), InstallOptions.DEFAULT);
    }
  }

  @AfterEach
  void drop() {
    database.execute("DROP USER %s@'127.0.0.1'".formatted(user));
    database.close();
  }

  private SplittingProxy proxy(Splits splits) {
    int port = database.options().port();
    return new SplittingProxy(splits, port, port, port);
  }

  private Mysql through(SplittingProxy proxy) {
    return new Mysql(
        new MysqlOptions(
            "127.0.0.1",
            proxy.port(),
            user,
            "",
            database.name(),
            2,
            Map.of("sslMode", "DISABLED")));
  }

  @Test
  void aProxyThatKeepsToOneSessionIsFine() {
    try (SplittingProxy proxy = proxy(Splits.NOTHING);
        Mysql mysql = through(proxy)) {
      assertThat(Tail.end(mysql).head()).isNotNegative();
      assertThat(session(mysql)).isEqualTo(Severity.OK);
    }
  }

  /** Mutation: check without a transaction, or only one probe of a lock. */
  @ParameterizedTest
  @EnumSource(value = Splits.class, mode = Mode.EXCLUDE, names = "NOTHING")
  void noTailStartsBehindAProxyThatSplitsSessions(Splits splits) {
    try (SplittingProxy proxy = proxy(splits);
        Mysql mysql = through(proxy)) {
      assertThatExceptionOfType(OrderwireException.class)
          .isThrownBy(() -> Tail.end(mysql))
          .withMessageContaining("a proxy in between spreads statements")
          .withMessageContaining("Connect to MySQL directly")
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.SPLIT_SESSION));
      assertThat(session(mysql)).isEqualTo(Severity.PROBLEM);
    }
  }

  private static Severity session(Mysql mysql) {
    return Doctor.examine(mysql, List.of("orders"), false, false).stream()
        .filter(finding -> finding.subject().equals("session"))
        .map(Finding::severity)
        .findFirst()
        .orElseThrow();
  }
}
