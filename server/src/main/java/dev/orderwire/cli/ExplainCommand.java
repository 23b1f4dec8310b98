package dev.orderwire.cli;

import dev.orderwire.cli.client.ApiClient;
import dev.orderwire.cli.values.JsonObject;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code explain TABLE}: why an identity sees a row, or not. */
@Command(
    description = {
      "Explain why an identity sees a row, or does not.",
      "Needs the token of a role that may: explain: true in its policy of the table."
    })
final class ExplainCommand implements Callable<Integer> {
  private final Environment environment;
  private final PrintStream out;

  @Mixin private SettingsOption settingsOption = new SettingsOption();
  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Parameters(paramLabel = "TABLE", description = "The table of the row.")
  private String table = "";

  @Option(
      names = "--key",
      paramLabel = "JSON",
      required = true,
      converter = JsonObject.class,
      description = "The key of the row, such as '{\"id\":42}'.")
  private @Nullable JsonNode key;

  @Option(
      names = "--where",
      paramLabel = "JSON",
      converter = JsonObject.class,
      description = "The condition that the client asks for.")
  private @Nullable JsonNode where;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "The role in which you ask, if you have several.")
  private @Nullable String role;

  @Option(
      names = "--for",
      paramLabel = "T",
      description = "The token of the identity to explain; default: your own.")
  private @Nullable String other;

  @Option(
      names = "--for-role",
      paramLabel = "ROLE",
      description = "The role of that identity, if it has several.")
  private @Nullable String otherRole;

  @Option(names = "--json", description = "Print the answer of the server, as JSON.")
  private boolean json;

  ExplainCommand(Environment environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() {
    Map<String, @Nullable String> headers = new LinkedHashMap<>();
    headers.put(
        "Authorization", serverOptions.token() == null ? null : "Bearer " + serverOptions.token());
    headers.put("Orderwire-For", other);
    JsonNode answer =
        new ApiClient(serverOptions.authorities())
            .get(
                ServerAddress.http(
                    serverOptions.address(environment, settingsOption), pathAndQuery()),
                headers);
    if (json) {
      out.println(answer);
    } else {
      print(answer);
    }
    out.flush();
    return 0;
  }

  private String pathAndQuery() {
    StringBuilder path =
        new StringBuilder("/api/tables/" + encoded(table).replace("+", "%20") + "/explain?key=")
            .append(encoded(String.valueOf(key)));
    Map<String, @Nullable Object> more = new LinkedHashMap<>();
    more.put("where", where);
    more.put("role", role);
    more.put("forRole", otherRole);
    more.forEach((name, value) -> {
      if (value != null) {
        path.append('&').append(name).append('=').append(encoded(value.toString()));
      }
    });
    return path.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void print(JsonNode answer) {
    JsonNode visible = answer.path("visible");
    out.printf(
        "%s %s: %s to %s%n",
        answer.path("table").asString(),
        answer.path("key"),
        visible.isNull()
            ? "it is not known whether it is visible"
            : visible.asBoolean() ? "visible" : "not visible",
        who(answer));
    String stop = answer.path("stop").asString("");
    for (JsonNode step : answer.path("steps")) {
      String sign =
          switch (step.path("outcome").asString()) {
            case "passes" -> "ok  ";
            case "stops" -> "STOP";
            default -> "?   ";
          };
      out.printf(
          "%s %s %s%n",
          step.path("step").asString().equals(stop) ? ">" : " ",
          sign,
          step.path("sentence").asString());
    }
  }

  private static String who(JsonNode answer) {
    return answer.path("identity").isNull()
        ? "all clients"
        : "%s as %s".formatted(answer.path("identity").asString(), answer.path("role").asString());
  }
}
