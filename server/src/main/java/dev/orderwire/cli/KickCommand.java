package dev.orderwire.cli;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code kick}: closes connections, wherever they are. */
@Command(
    description = {
      "Close connections, on all servers that share a cluster.",
      "A client with a valid token can connect again: revoke the token to keep it out.",
      "Needs the token of a role that may: admin: true in one of its policies."
    })
final class KickCommand implements Callable<Integer> {
  private final Environment environment;
  private final PrintStream out;
  private final PrintStream err;

  @Mixin private AdminRequests requests = new AdminRequests();

  @ArgGroup(multiplicity = "1")
  private Which which = new Which();

  /** What to close. */
  static final class Which {
    @Option(
        names = "--identity",
        paramLabel = "NAME",
        required = true,
        description = "All connections of this identity: the sub of a token, or an API key.")
    private @Nullable String identity;

    @Option(
        names = "--connection",
        paramLabel = "ID",
        required = true,
        description = "One connection, by its id.")
    private @Nullable String connection;
  }

  KickCommand(Environment environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    Map<String, @Nullable String> parameters = new HashMap<>();
    parameters.put("identity", which.identity);
    String path =
        which.connection == null
            ? AdminRequests.PATH
            : AdminRequests.PATH + "/" + AdminRequests.encoded(which.connection);
    JsonNode answer = requests.delete(environment, path, parameters);
    out.println("closed " + answer.path("closed"));
    out.flush();
    answer
        .path("unanswered")
        .forEach(server ->
            err.println(
                "orderwire: "
                    + server.asString()
                    + " has not answered: its connections may be open still"));
    if (answer.has("problem")) {
      err.println(
          "orderwire: other servers could not be asked: " + answer.path("problem").asString());
    }
    return answer.has("problem") || !answer.path("unanswered").isEmpty() ? 1 : 0;
  }
}
