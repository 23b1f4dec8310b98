package dev.orderwire.bench;

import dev.orderwire.demo.EmbeddedMysql;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code orderwire serve} as a process of its own, with the JVM settings of the launcher. */
final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final URI websocket;

  private ServerProcess(Process process, URI websocket) {
    this.process = process;
    this.websocket = websocket;
  }

  /**
   * Starts the server on a free port and returns when it is ready.
   *
   * @param log where its standard error goes
   */
  static ServerProcess start(EmbeddedMysql mysql, String database, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(System.getProperty("orderwire.server-options", "").strip().split("\\s+")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.orderwire.cli.Main", "serve"));
    return start(new ProcessBuilder(command), mysql, database, log);
  }

  /**
   * The same with another server, which takes the same settings and says {@code websocket URI} and
   * {@code ready} as ours does.
   */
  static ServerProcess start(ProcessBuilder builder, EmbeddedMysql mysql, String database, Path log)
      throws IOException {
    builder.environment().putAll(environment(mysql, database));
    builder.redirectError(log.toFile());
    Process process = builder.start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    URI websocket = null;
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("websocket ")) {
        websocket = URI.create(line.substring("websocket ".length()));
      } else if (line.equals("ready") && websocket != null) {
        return new ServerProcess(process, websocket);
      }
    }
    process.destroy();
    throw new IOException("the server did not become ready; its log is " + log);
  }

  private static Map<String, String> environment(EmbeddedMysql mysql, String database) {
    return Map.of(
        "MYSQL_HOST",
        "127.0.0.1",
        "MYSQL_PORT",
        String.valueOf(mysql.port()),
        "MYSQL_USER",
        mysql.user(),
        "MYSQL_PASSWORD",
        mysql.password(),
        "MYSQL_DATABASE",
        database,
        "ORDERWIRE_SERVER_PORT",
        "0");
  }

  URI websocket() {
    return websocket;
  }

  URI health() {
    return URI.create("http://" + websocket.getAuthority() + "/health");
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
