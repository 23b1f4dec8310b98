package dev.orderwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Credentials;
import dev.orderwire.auth.Identity;
import dev.orderwire.cli.process.BackgroundLoading;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.SettingsLoader;
import dev.orderwire.testing.HelpScreens;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CommandsTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();

  @Test
  void helpListsEveryCommand() {
    CommandRun outcome = run("--help");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines().map(line -> line.strip().split(" ", 2)[0]))
        .containsSubsequence(
            "demo",
            "serve",
            "install",
            "uninstall",
            "doctor",
            "tail",
            "sql",
            "token",
            "key",
            "explain",
            "bench",
            "test");
  }

  @Test
  void theHelpOfEveryCommandFitsAScreen() {
    PrintStream out = new PrintStream(OutputStream.nullOutputStream());
    CommandLine commands =
        Main.commands(
            new Environment(folder, folder, variables),
            new Shutdown(Thread.currentThread()),
            out,
            out,
            BackgroundLoading.none(),
            "");
    assertThat(commands.getSubcommands()).hasSize(16);
    HelpScreens.assertEachFits(commands);
  }

  @Test
  void wrongUsageExitsWithTwoAndAMessageOnStderr() {
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("tial"),
            List.of("sql"),
            List.of("sql", "a", "b"),
            List.of("sql", "--nonsense", "a"),
            List.of("tail", "--where", "{]"),
            List.of("tail", "--where", "[]"),
            List.of("tail", "--url", "localhost:8000"),
            List.of("token", "--claim", "sub"),
            List.of("token", "--minutes", "0"),
            List.of("key", "--name", "two words"))) {
      CommandRun outcome = run(wrong.toArray(String[]::new));

      assertThat(outcome.code()).as("%s", wrong).isEqualTo(2);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).startsWith("orderwire: ").contains("--help");
    }
  }

  @Test
  void anErrorIsOneMessageAndVerboseAddsTheStackTrace() {
    variables.put("MYSQL_PORT", "none");

    CommandRun terse = run("sql", "SELECT 1");
    assertThat(terse.code()).isOne();
    assertThat(terse.out()).isEmpty();
    assertThat(terse.err()).contains("MYSQL_PORT").doesNotContain("\tat ");

    CommandRun verbose = run("sql", "SELECT 1", "--verbose");
    assertThat(verbose.code()).isOne();
    assertThat(verbose.err()).startsWith(terse.err()).contains("\tat dev.orderwire.");
  }

  @Test
  void sqlPrintsTheResultOfAQuery() {
    try (TestDatabase database = TestMysql.database()) {
      configure(database);
      database.execute(
          "CREATE TABLE t (n BIGINT UNSIGNED, s TEXT, b VARBINARY(4), at DATETIME(6))",
          "INSERT INTO t VALUES (18446744073709551615, 'Zoë\\t漢\\n', x'00ff', '2026-01-02 03:04:05.6')",
          "INSERT INTO t VALUES (1, NULL, NULL, NULL)");

      CommandRun outcome = run("sql", "SELECT n, s AS `the text`, b, at FROM t ORDER BY n DESC;");

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.out())
          .isEqualTo(
              """
              n                     the text  b       at
              --------------------  --------  ------  --------------------------
              18446744073709551615  Zoë\\t漢\\n  0x00ff  2026-01-02 03:04:05.600000
              1                     NULL      NULL    NULL
              (2 rows)
              """);
      assertThat(outcome.code()).isZero();
    }
  }

  @Test
  void sqlPrintsTheNumberOfAffectedRows() {
    try (TestDatabase database = TestMysql.database()) {
      configure(database);
      database.execute("CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1), (2)");

      assertThat(run("sql", "UPDATE t SET n = 2"))
          .isEqualTo(new CommandRun(0, "1 row affected\n", ""));
      assertThat(run("sql", "DELETE FROM t")).isEqualTo(new CommandRun(0, "2 rows affected\n", ""));
    }
  }

  @Test
  void sqlRunsWithMysqlsDefaults() {
    try (TestDatabase database = TestMysql.database()) {
      configure(database);

      assertThat(run("sql", "SELECT @@sql_mode").out()).contains("STRICT_TRANS_TABLES");
    }
  }

  @Test
  void rejectedSqlExitsWithOneAndMysqlsMessage() {
    try (TestDatabase database = TestMysql.database()) {
      configure(database);

      CommandRun outcome = run("sql", "SELECT * FROM nowhere");

      assertThat(outcome.code()).isOne();
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err())
          .contains("Table '%s.nowhere' doesn't exist (error 1146".formatted(database.name()));
    }
  }

  @Test
  void anUnreachableMysqlIsNamedWithoutItsPassword() {
    variables.put("MYSQL_URL", "mysql://app:s3cret@127.0.0.1:1/shop");

    CommandRun outcome = run("sql", "SELECT 1");

    assertThat(outcome.code()).isOne();
    assertThat(outcome.err())
        .contains("cannot connect to MySQL as app@127.0.0.1:1/shop: Connection refused")
        .doesNotContain("s3cret");
  }

  @Test
  void sqlWithoutAMysqlSaysHowToGetOne() {
    assertThat(run("sql", "SELECT 1").err()).contains(".env.example").contains("./orderwire demo");
  }

  @Test
  void sqlFindsTheRunningDemoButPrefersTheConfiguredMysql() throws Exception {
    try (TestDatabase demo = TestMysql.database();
        TestDatabase configured = TestMysql.database()) {
      Path state = folder.resolve(".orderwire");
      String url = url(demo);
      RunningDemo running = RunningDemo.ofThisProcess(url, "ws://127.0.0.1:1/ws");
      try (RunningDemo.Announced _ = running.announce(state)) {
        Path file = state.resolve("demos/%d.json".formatted(ProcessHandle.current().pid()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
        assertThat(run("sql", "SELECT DATABASE()").out()).contains(demo.name());

        configure(configured);
        CommandRun outcome = run("sql", "SELECT DATABASE()");
        assertThat(outcome.out()).contains(configured.name());
        assertThat(outcome.err()).contains("not the demo's");
      }
      variables.clear();
      assertThat(run("sql", "SELECT 1").code()).isOne();
    }
  }

  @Test
  void aKilledDemoIsForgotten() throws Exception {
    Path demos = Files.createDirectories(folder.resolve(".orderwire/demos"));
    Path file = demos.resolve("1.json");
    Files.writeString(
        file,
        "{\"pid\":%d,\"startedMillis\":1,\"mysql\":\"mysql://u@127.0.0.1:1/d\",\"websocket\":\"ws://h/ws\"}"
            .formatted(ProcessHandle.current().pid()));

    assertThat(run("sql", "SELECT 1").err()).contains("no demo is running");
    assertThat(file).doesNotExist();
  }

  @Test
  void tailWithoutAServerSaysHowToGetOne() {
    CommandRun outcome = run("tail", "--url", "http://127.0.0.1:1");

    assertThat(outcome.code()).isOne();
    assertThat(outcome.err()).contains("ws://127.0.0.1:1/ws").contains("./orderwire demo");
  }

  @Test
  void aTokenIsAcceptedByTheServerOfTheSameSettings() {
    variables.put("ORDERWIRE_AUTH_JWT_SECRET", "s3cret ".repeat(10));
    variables.put("ORDERWIRE_AUTH_JWT_ISSUER", "https://idp.example");
    variables.put("ORDERWIRE_AUTH_JWT_AUDIENCE", "orderwire");

    CommandRun outcome =
        run(
            "token",
            "--role",
            "customer",
            "--claim",
            "sub=7",
            "--claim",
            "regions=[\"eu\"]",
            "--claim",
            "note=a b",
            "--minutes",
            "5");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    Identity identity = authenticate(outcome.out().strip());
    assertThat(identity.name()).isEqualTo("7");
    assertThat(identity.roles()).containsExactly("customer");
    assertThat(identity.claims().get("regions")).hasToString("[\"eu\"]");
    assertThat(identity.claims().get("note")).hasToString("\"a b\"");
    // With the clock skew of 30 s.
    assertThat(identity.expires())
        .isBetween(Instant.now().plusSeconds(230), Instant.now().plusSeconds(331));
  }

  @Test
  void aTokenNeedsASharedSecret() {
    assertNoToken("ORDERWIRE_AUTH_JWT_SECRET");
    variables.put("ORDERWIRE_AUTH_JWT_JWKS", "https://idp.example/jwks.json");
    assertNoToken("only the issuer has the private key");
    variables.remove("ORDERWIRE_AUTH_JWT_JWKS");
    variables.put("ORDERWIRE_AUTH_KEYS", "{a: {hash: '%s'}}".formatted("0".repeat(64)));
    assertNoToken("./orderwire key");
  }

  private void assertNoToken(String reason) {
    CommandRun outcome = run("token");
    assertThat(outcome.code()).isOne();
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains(reason);
  }

  @Test
  void aKeyComesWithTheSettingsThatAcceptIt() throws Exception {
    CommandRun outcome = run("key", "--name", "reports", "--role", "staff, \"all\"");

    assertThat(outcome.code()).isZero();
    List<String> lines = outcome.out().lines().toList();
    Files.writeString(
        folder.resolve("orderwire.yaml"), String.join("\n", lines.subList(1, lines.size())));
    Identity identity = authenticate(lines.getFirst());
    assertThat(identity.name()).isEqualTo("reports");
    assertThat(run("key").out()).isNotEqualTo(outcome.out()).contains("\"service\":");
  }

  private Identity authenticate(String credential) {
    Settings settings = SettingsLoader.load(List.of(folder), Optional.empty(), variables, Map.of());
    return Credentials.of(settings.auth().options().orElseThrow(), InstantSource.system())
        .authenticate(credential);
  }

  private void configure(TestDatabase database) {
    variables.put("MYSQL_URL", url(database));
  }

  private static String url(TestDatabase database) {
    return "mysql://%s:%s@127.0.0.1:%d/%s"
        .formatted(
            database.options().user(),
            database.options().password(),
            database.options().port(),
            database.name());
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(folder, variables, arguments);
  }
}
