package dev.orderwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.cli.server.Role;
import dev.orderwire.cli.server.Wiring;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.SettingsLoader;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.net.URI;
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

/** The commands {@code connections} and {@code kick} against a whole server. */
final class ConnectionsCommandTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private String url = "";

  @Test
  void theyListAndCloseConnections() throws Exception {
    Files.writeString(
        folder.resolve("orderwire.yaml"),
        """
        server: {port: 0}
        canary: {seconds: 0}
        tables: {orders: {}}
        policies:
          orders:
            customer: {rows: all}
            operator: {rows: {id: {in: []}}, admin: true}
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
      database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
      Settings settings =
          SettingsLoader.load(List.of(folder), Optional.empty(), variables, Map.of());
      assertThat(settings.cluster().isOn()).isFalse();
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
    String operator = token("operator", "lee");
    String customer = token("customer", "7");
    try (PlainClient one = connect(customer);
        PlainClient two = connect(customer);
        PlainClient other = connect(token("customer", "a b/ä"))) {
      CommandRun all = run(operator, "connections");
      assertThat(all.code()).as(all.err()).isZero();
      assertThat(all.out().lines())
          .hasSize(3)
          .anyMatch(line ->
              line.matches(
                  one.id()
                      + " {2}\\S+:\\d+ {2}7 {2}127\\.0\\.0\\.1 {2}websocket {2}since \\S+Z {2}views: orders 1 {2}lag: 0 ms"));
      assertThat(all.err()).contains("has 3 connections");

      CommandRun json = run(operator, "connections", "--identity", "a b/ä", "--json");
      JsonNode listed = JsonMapper.shared().readTree(json.out());
      assertThat(json.out().lines()).hasSize(1);
      assertThat(listed.get("id").asString()).isEqualTo(other.id());

      CommandRun some = run(operator, "connections", "--limit", "2");
      assertThat(some.out().lines()).hasSize(2);
      assertThat(some.err()).contains("raise --limit");

      CommandRun kicked = run(operator, "kick", "--connection", one.id());
      assertThat(kicked.code()).as(kicked.err()).isZero();
      assertThat(kicked.out()).isEqualTo("closed 1\n");
      assertThat(one.closeCode()).isEqualTo(4403);
      CommandRun again = run(operator, "kick", "--connection", one.id());
      assertThat(again.code()).isOne();
      assertThat(again.err()).startsWith("orderwire: ").contains("no such connection");
      assertThat(run(operator, "kick", "--identity", "7").out()).isEqualTo("closed 1\n");
      assertThat(two.closeCode()).isEqualTo(4403);
      Await.until(
          "only one is left", () -> run(operator, "connections").out().lines().count() == 1);

      for (String command : List.of("connections", "kick")) {
        String[] more =
            command.equals("kick") ? new String[] {"--identity", "a b/ä"} : new String[] {};
        CommandRun refused = run(customer, command, more);
        assertThat(refused.code()).isOne();
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("admin: true");
      }
      assertThat(run(operator, "kick").code()).isEqualTo(2);
      assertThat(run(operator, "kick", "--identity", "7", "--connection", "x").code()).isEqualTo(2);
      other.ping();
    }
  }

  private PlainClient connect(String token) {
    return PlainClient.connect(URI.create(url.replace("http", "ws") + "/ws?token=" + token));
  }

  private String token(String role, String subject) {
    return CommandRun.of(folder, variables, "token", "--role", role, "--claim", "sub=" + subject)
        .out()
        .strip();
  }

  private CommandRun run(String token, String command, String... more) {
    String[] all = new String[more.length + 5];
    System.arraycopy(new String[] {command, "--url", url, "--token", token}, 0, all, 0, 5);
    System.arraycopy(more, 0, all, 5, more.length);
    return CommandRun.of(folder, variables, all);
  }
}
