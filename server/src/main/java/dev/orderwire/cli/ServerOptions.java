package dev.orderwire.cli;

import dev.orderwire.cli.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** For the commands that talk to a server. */
final class ServerOptions {
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

  /** The address of the server's WebSocket. */
  URI address(Environment environment, SettingsOption settings) {
    if (url != null) {
      return url;
    }
    Settings.Server server = settings.load(environment, Map.of()).server();
    return RunningDemo.newest(environment.stateFolder())
        .map(demo -> URI.create(demo.websocket()))
        .orElseGet(() -> ServerAddress.websocket(server, server.port()));
  }

  @Nullable String token() {
    return token;
  }

  /** A file with authorities to trust besides those of Java; null for none. */
  @Nullable Path authorities() {
    return authorities;
  }
}
