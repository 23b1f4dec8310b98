package dev.orderwire.cli;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code connections}: who is connected, on all servers. */
@Command(
    description = {
      "List who is connected, on all servers that share a cluster.",
      "Needs the token of a role that may: admin: true in one of its policies."
    })
final class ConnectionsCommand implements Callable<Integer> {
  private static final int PAGE = 1_000;

  private final Environment environment;
  private final PrintStream out;
  private final PrintStream err;

  @Mixin private AdminRequests requests = new AdminRequests();

  @Option(
      names = "--identity",
      paramLabel = "NAME",
      description = "Only the connections of this identity: the sub of a token, or an API key.")
  private @Nullable String identity;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "The most connections to print; default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  ConnectionsCommand(Environment environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    String after = null;
    int printed = 0;
    while (true) {
      Map<String, @Nullable String> parameters = new HashMap<>();
      parameters.put("identity", identity);
      parameters.put("limit", Integer.toString(Math.clamp(limit - printed, 1, PAGE)));
      parameters.put("after", after);
      JsonNode page = requests.get(environment, parameters);
      for (JsonNode each : page.path("connections")) {
        out.println(json ? each.toString() : line(each));
        printed++;
      }
      boolean more = page.path("more").asBoolean(false);
      if (!more || printed >= limit) {
        out.flush();
        return end(page, more);
      }
      after = page.path("after").asString("");
    }
  }

  private static String line(JsonNode connection) {
    String views =
        connection
            .path("views")
            .propertyStream()
            .map(view -> view.getKey() + " " + view.getValue())
            .collect(Collectors.joining(", "));
    JsonNode lag = connection.path("lagMillis");
    return "%s  %s  %s  %s  %s  since %s  views: %s  lag: %s"
        .formatted(
            connection.path("id").asString(),
            connection.path("server").asString(),
            connection.path("identity").asString("-"),
            connection.path("address").asString("-"),
            connection.path("transport").asString(),
            connection.path("since").asString(),
            views.isEmpty() ? "none" : views,
            lag.isNull() ? "catching up" : lag + " ms");
  }

  private int end(JsonNode page, boolean more) {
    page.path("servers")
        .forEach(server ->
            err.printf(
                "orderwire: %s has %s connections%n",
                server.path("name").asString(), server.path("connections")));
    if (more) {
      err.println("orderwire: there are more: raise --limit");
    }
    if (page.has("problem")) {
      err.println(
          "orderwire: the connections of other servers are missing: "
              + page.path("problem").asString());
      return 1;
    }
    return 0;
  }
}
