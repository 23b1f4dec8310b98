package dev.orderwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.cli.server.Role;
import dev.orderwire.cli.server.Wiring;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.SettingsLoader;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command against a whole server, with the tokens of the command {@code token}. */
final class ExplainCommandTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private String url = "";

  @Test
  void itSaysInWordsAndInJsonWhatStopsTheRow() throws Exception {
    Files.writeString(
        folder.resolve("orderwire.yaml"),
        """
        server: {port: 0}
        canary: {seconds: 0}
        tables: {orders: {}}
        policies:
          orders:
            customer: {rows: {customer_id: "${claims.sub}"}, columns: [id, status]}
            support: {rows: all, explain: true}
        """);
    variables.put("ORDERWIRE_AUTH_JWT_SECRET", "s3cret ".repeat(10));
    try (TestDatabase database = TestMysql.database()) {
      variables.put(
          "MYSQL_URL",
          "mysql://%s:%s@127.0.0.1:%d/%s"
              .formatted(
                  database.options().user(),
                  database.options().password(),
                  database.options().port(),
                  database.name()));
      database.execute(
          "CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT, status TEXT)",
          "INSERT INTO orders VALUES (42, 8, 'confidential')");
      Settings settings =
          SettingsLoader.load(List.of(folder), Optional.empty(), variables, Map.of());
      Wiring.serve(
          settings,
          Role.SERVE,
          settings.mysql().options(),
          _ -> {},
          address -> {
            url = "http://127.0.0.1:" + address.getPort();
            check();
          });
    }
  }

  private void check() {
    String support = token("support", "sub=lee");
    String customer = token("customer", "sub=7");

    CommandRun words = explain("--token", support, "--for", customer, "--key", "{\"id\":42}");
    assertThat(words.err()).isEmpty();
    assertThat(words.code()).isZero();
    List<String> lines = words.out().lines().toList();
    assertThat(lines.getFirst()).isEqualTo("orders {\"id\":42}: not visible to 7 as customer");
    assertThat(lines.get(1)).isEqualTo("  ok   The table \"orders\" is watched.");
    assertThat(lines)
        .contains(
            "> STOP The policy of the role \"customer\" hides the row: it shows rows where customer_id is \"7\".");
    assertThat(lines.stream().filter(line -> line.startsWith(">"))).hasSize(1);
    assertThat(words.out()).doesNotContain("confidential");

    CommandRun visible = explain("--token", support, "--key", "{\"id\":42}");
    assertThat(visible.out()).startsWith("orders {\"id\":42}: visible to lee as support\n");
    assertThat(visible.out()).doesNotContain("STOP").contains("  ?    The change log has no");

    CommandRun json = explain("--token", support, "--key", "{\"id\":42}", "--json");
    JsonNode answer = JsonMapper.shared().readTree(json.out());
    assertThat(json.out().lines()).hasSize(1);
    assertThat(answer.path("visible").asBoolean()).isTrue();
    assertThat(answer.path("steps").size()).isGreaterThan(5);

    CommandRun where =
        explain(
            "--token", support, "--key", "{\"id\":42}", "--where", "{\"status\":\"paid & sent\"}");
    assertThat(where.out()).contains("> STOP where hides the row", "\"paid & sent\"");

    assertFails("not_allowed", explain("--token", customer, "--key", "{\"id\":42}"), "explain");
    assertFails("bad_key", explain("--token", support, "--key", "{\"nr\":42}"), "[id]");
    assertFails("no token", explain("--key", "{\"id\":42}"), "this server asks who you are");
    assertFails("no header", explain("--token", "a\nb", "--key", "{\"id\":42}"), "characters");
    assertFails(
        "no server",
        run("explain", "orders", "--url", "http://127.0.0.1:1", "--key", "{\"id\":42}"),
        "./orderwire demo");
    assertThat(run("explain", "orders").code()).as("without a key").isEqualTo(2);
    assertThat(run("explain", "orders", "--key", "42").code()).isEqualTo(2);
  }

  private static void assertFails(String what, CommandRun outcome, String reason) {
    assertThat(outcome.code()).as(what).isOne();
    assertThat(outcome.out()).as(what).isEmpty();
    assertThat(outcome.err()).as(what).startsWith("orderwire: ").contains(reason);
  }

  private String token(String role, String claim) {
    return run("token", "--role", role, "--claim", claim).out().strip();
  }

  private CommandRun explain(String... arguments) {
    String[] all = new String[arguments.length + 4];
    System.arraycopy(new String[] {"explain", "orders", "--url", url}, 0, all, 0, 4);
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return run(all);
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(folder, variables, arguments);
  }
}
