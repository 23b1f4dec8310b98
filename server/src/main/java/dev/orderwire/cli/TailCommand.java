package dev.orderwire.cli;

import dev.orderwire.cli.client.Backoff;
import dev.orderwire.cli.client.Follower;
import dev.orderwire.cli.client.Subscription;
import dev.orderwire.cli.settings.Settings;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code tail [TABLE]}: the changes of a view of a running server, one a line. */
@Command(description = "Follow the changes of a table, one line of JSON each; Ctrl-C ends it.")
final class TailCommand implements Callable<Integer> {
  /** Nobody reads stdout any more. */
  private static final class OutputClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Surroundings around;
  private final Ending ending;
  private final PrintStream out;
  private final PrintStream err;

  @Mixin private SettingsOption settings = new SettingsOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "TABLE",
      description = "The table; without it the server's default one.")
  private @Nullable String table;

  @Option(
      names = "--where",
      paramLabel = "JSON",
      converter = JsonObject.class,
      description = "Only rows that match, such as '{\"status\":\"pending\"}'.")
  private @Nullable JsonNode where;

  @Option(
      names = "--snapshot",
      description = "Begin with the rows as they are now, as inserts with \"snapshot\":true.")
  private boolean snapshot;

  @Option(
      names = "--since",
      paramLabel = "POSITION",
      description =
          "Begin with what came after this position; tail prints its last one when it ends.")
  private @Nullable String since;

  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = ServerAddress.class,
      description =
          "The server, as ws:// or http://; default: the running demo's, else the configured.")
  private @Nullable URI url;

  @Option(names = "--token", paramLabel = "T", description = "Who you are, where the server asks.")
  private @Nullable String token;

  TailCommand(Surroundings around, Ending ending, PrintStream out, PrintStream err) {
    this.around = around;
    this.ending = ending;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    URI server = withToken(url == null ? knownServer() : url);
    try (Ending.InOrder _ = ending.inOrder();
        Follower follower =
            new Follower(
                server,
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
      // Both are how it is meant to end.
    } finally {
      if (follower.position() != null) {
        err.println("position " + follower.position());
      }
    }
  }

  private void print(String line) {
    out.println(line);
    if (out.checkError()) { // which flushes, too
      throw new OutputClosed();
    }
  }

  private URI knownServer() {
    Settings.Server server = settings.load(around, Map.of()).server();
    return RunningDemo.newest(around.state())
        .map(demo -> URI.create(demo.websocket()))
        .orElseGet(() -> ServerAddress.websocket(server.host(), server.port()));
  }

  private URI withToken(URI server) {
    if (token == null) {
      return server;
    }
    String query = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    return URI.create(server + (server.getRawQuery() == null ? "?" : "&") + query);
  }
}
