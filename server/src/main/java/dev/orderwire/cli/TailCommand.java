package dev.orderwire.cli;

import dev.orderwire.cli.client.Backoff;
import dev.orderwire.cli.client.Follower;
import dev.orderwire.cli.client.Subscription;
import dev.orderwire.cli.settings.Settings;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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

  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = ServerAddress.class,
      description =
          "The server, as ws:// or wss://; default: the running demo, else the configured server.")
  private @Nullable URI url;

  @Option(
      names = "--token",
      paramLabel = "T",
      description = "The token that authenticates you to the server.")
  private @Nullable String token;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "A PEM file with authorities to trust for wss://, besides those of Java.")
  private @Nullable Path authorities;

  TailCommand(Environment environment, Shutdown shutdown, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.shutdown = shutdown;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    URI server = withToken(url == null ? defaultServer() : url);
    try (Shutdown.Graceful _ = shutdown.graceful();
        Follower follower =
            new Follower(
                server,
                authorities,
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

  private URI defaultServer() {
    Settings.Server server = settingsOption.load(environment, Map.of()).server();
    return RunningDemo.newest(environment.stateFolder())
        .map(demo -> URI.create(demo.websocket()))
        .orElseGet(() -> ServerAddress.websocket(server, server.port()));
  }

  private URI withToken(URI server) {
    if (token == null) {
      return server;
    }
    String query = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    return URI.create(server + (server.getRawQuery() == null ? "?" : "&") + query);
  }
}
