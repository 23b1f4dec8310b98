package dev.orderwire.cli;

import dev.orderwire.cli.client.Follower;
import dev.orderwire.cli.client.Subscription;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.values.JsonObject;
import dev.orderwire.lifecycle.Backoff;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code tail [TABLE]}: prints the changes of a view of a running server, one a line. */
@Command(
    description = {
      "Print the changes of a table as they happen.",
      "Each is one line of JSON. Ctrl-C ends it."
    })
final class TailCommand implements Callable<Integer> {
  /** The reader of stdout has closed it. */
  private static final class OutputClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Environment environment;
  private final Shutdown shutdown;
  private final PrintStream out;
  private final PrintStream err;

  @Mixin private SettingsOption settingsOption = new SettingsOption();
  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "TABLE",
      description = "The table; default: the server's default table.")
  private @Nullable String table;

  @Option(
      names = "--where",
      paramLabel = "JSON",
      converter = JsonObject.class,
      description = "Only rows that match, such as '{\"status\":\"pending\"}'.")
  private @Nullable JsonNode where;

  @Option(
      names = "--snapshot",
      description = "Start with the current rows, as inserts with \"snapshot\":true.")
  private boolean snapshot;

  @Option(
      names = "--since",
      paramLabel = "POSITION",
      description =
          "Start with the changes after this position; tail prints its last position when it ends.")
  private @Nullable String since;

  TailCommand(Environment environment, Shutdown shutdown, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.shutdown = shutdown;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    URI server = withToken(serverOptions.address(environment, settingsOption));
    try (Shutdown.Graceful _ = shutdown.graceful();
        Follower follower =
            new Follower(
                server,
                serverOptions.authorities(),
                new Subscription(table, where, snapshot, since),
                new Backoff(Duration.ofMillis(250), Duration.ofSeconds(10)),
                this::print,
                note -> err.println("orderwire: " + note))) {
      follow(follower);
    }
    return 0;
  }

  private void follow(Follower follower) {
    try {
      follower.run();
    } catch (InterruptedException | OutputClosed e) {
      // The two normal ends.
    } finally {
      if (follower.position() != null) {
        err.println("position " + follower.position());
      }
    }
  }

  private void print(String line) {
    out.println(line);
    if (out.checkError()) { // also flushes
      throw new OutputClosed();
    }
  }

  private URI withToken(URI server) {
    String token = serverOptions.token();
    if (token == null) {
      return server;
    }
    String query = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    return URI.create(server + (server.getRawQuery() == null ? "?" : "&") + query);
  }
}
