package dev.orderwire.bench.peer;

import dev.orderwire.bench.load.Lines;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.demo.EmbeddedMysql;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Node.js server to compare with. It reads the row events of the table {@code orders} from the
 * binlog and pushes them as JSON to all its WebSocket clients. Its source is {@code
 * peer/server.mjs}; npm installs its libraries for each run, in pinned versions.
 */
public final class NodePeer implements AutoCloseable {
  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "server.mjs");
  private static final int OLDEST_NODE = 20;
  private static final int MINUTES_TO_INSTALL = 5;

  private final Process process;
  private final URI websocket;

  private NodePeer(Process process, URI websocket) {
    this.process = process;
    this.websocket = websocket;
  }

  /**
   * Installs and starts the peer on a free port, and returns when it follows the binlog.
   *
   * @param log the file for its standard error; its files and npm's log are put beside it
   * @throws OrderwireException if npm cannot install its libraries
   */
  public static NodePeer start(EmbeddedMysql mysql, String database, Path log) throws IOException {
    Path folder = Files.createDirectory(log.resolveSibling("node"));
    try {
      unpack(folder);
      install(folder, log.resolveSibling("npm.log"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while installing the peer", e);
    }
    ProcessBuilder builder = new ProcessBuilder("node", "server.mjs").directory(folder.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "MYSQL_HOST", "127.0.0.1",
                "MYSQL_PORT", String.valueOf(mysql.port()),
                "MYSQL_USER", mysql.user(),
                "MYSQL_PASSWORD", mysql.password(),
                "MYSQL_DATABASE", database));
    Process process = builder.redirectError(log.toFile()).start();
    try {
      return new NodePeer(process, URI.create(Lines.read(process.getInputStream())));
    } catch (EOFException e) {
      throw new IllegalStateException("the peer did not become ready; its log is " + log, e);
    }
  }

  private static void unpack(Path folder) throws IOException {
    for (String file : FILES) {
      try (InputStream source = NodePeer.class.getResourceAsStream(file)) {
        if (source == null) {
          throw new IllegalStateException(file + " is missing in the jar of bench");
        }
        Files.copy(source, folder.resolve(file));
      }
    }
  }

  /**
   * Checks that the peer can run here.
   *
   * @throws OrderwireException if the machine has no npm, or no Node.js that is new enough
   */
  public static void require() throws InterruptedException {
    String node = version("node");
    String npm = version("npm");
    if (npm.isEmpty() || !node.matches("v\\d+\\..*") || major(node) < OLDEST_NODE) {
      throw new OrderwireException(
          ErrorCode.NO_PEER,
          "the peer needs Node.js %d or newer and npm on the PATH, found node '%s' and npm '%s':"
                  .formatted(OLDEST_NODE, node, npm)
              + " install both, or measure without --peer");
    }
  }

  private static int major(String version) {
    return Integer.parseInt(version.substring(1, version.indexOf('.')));
  }

  /** The version that a command reports; empty if there is no such command. */
  private static String version(String command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command, "--version").redirectError(Redirect.DISCARD).start();
      String version = process.inputReader().readAllAsString().strip();
      return process.waitFor() == 0 ? version : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static void install(Path folder, Path log) throws IOException, InterruptedException {
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = npm.waitFor(MINUTES_TO_INSTALL, TimeUnit.MINUTES);
    if (!ended) {
      npm.destroy();
    }
    if (!ended || npm.exitValue() != 0) {
      throw new OrderwireException(
          ErrorCode.NO_PEER,
          "npm could not install the peer's libraries (see %s): give it access to its registry,"
                  .formatted(log)
              + " or measure without --peer");
    }
  }

  public URI websocket() {
    return websocket;
  }

  /** Kills the process, which has nothing to clean up. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
