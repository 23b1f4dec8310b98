package dev.orderwire.bench;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.demo.EmbeddedMysql;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server of another make to compare with: Node.js, which pushes row events of the table {@code
 * orders} from the binlog, as JSON, to all its WebSocket clients. Its source is {@code
 * peer/server.mjs}; what that needs is installed by npm for each run, in pinned versions.
 */
final class NodePeer {
  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "server.mjs");
  private static final int OLDEST_NODE = 20;
  private static final int MINUTES_TO_INSTALL = 5;

  private NodePeer() {}

  /**
   * Installs and starts it, on a free port; returns when it follows the binlog.
   *
   * @param folder where it may leave its files and its logs
   * @throws OrderwireException where the machine has no Node.js or npm, or npm cannot install
   */
  static ServerProcess start(EmbeddedMysql mysql, String database, Path folder)
      throws IOException, InterruptedException {
    needNode();
    Path peer = Files.createDirectory(folder.resolve("peer"));
    for (String file : FILES) {
      try (InputStream source = NodePeer.class.getResourceAsStream("peer/" + file)) {
        if (source == null) {
          throw new IllegalStateException("peer/" + file + " is missing in the jar of bench");
        }
        Files.copy(source, peer.resolve(file));
      }
    }
    install(peer, folder.resolve("npm.log"));
    return ServerProcess.start(
        new ProcessBuilder("node", "server.mjs").directory(peer.toFile()),
        mysql,
        database,
        folder.resolve("peer.log"));
  }

  private static void needNode() throws IOException, InterruptedException {
    String node = version("node");
    String npm = version("npm");
    if (npm.isEmpty() || !node.matches("v\\d+\\..*") || major(node) < OLDEST_NODE) {
      throw new OrderwireException(
          "no_node",
          "the peer needs Node.js %d or newer and npm on the PATH, found node '%s' and npm '%s':"
                  .formatted(OLDEST_NODE, node, npm)
              + " install both, or measure without --peer");
    }
  }

  private static int major(String version) {
    return Integer.parseInt(version.substring(1, version.indexOf('.')));
  }

  /** Empty where there is no such command. */
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

  private static void install(Path peer, Path log) throws IOException, InterruptedException {
    Process npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(peer.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = npm.waitFor(MINUTES_TO_INSTALL, TimeUnit.MINUTES);
    if (!ended) {
      npm.destroy();
    }
    if (!ended || npm.exitValue() != 0) {
      throw new OrderwireException(
          "no_peer",
          "npm could not install the peer's libraries: see %s; it needs the registry that npm is"
                  .formatted(log)
              + " configured with. Or measure without --peer");
    }
  }
}
