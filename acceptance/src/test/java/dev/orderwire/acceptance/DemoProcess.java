package dev.orderwire.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./orderwire demo} as a process, without sample orders. The launcher builds what is missing
 * or stale; in a Maven run the server's jar is as fresh as its sources, so it builds nothing there.
 */
final class DemoProcess implements AutoCloseable {
  private static final int ENDS_WITHIN_SECONDS = 60;

  private final Process process;
  private final Path data;
  private final Map<String, URI> addresses;
  private List<ProcessHandle> orphans = List.of();

  private DemoProcess(Process process, Path data, Map<String, URI> addresses) {
    this.process = process;
    this.data = data;
    this.addresses = addresses;
  }

  /** Starts a demo on a free port and returns when it is ready. */
  static DemoProcess start(Path data) throws IOException {
    return start(data, 0);
  }

  /** Starts it anew where this one was: on the same data and the same port. */
  DemoProcess startAgain() throws IOException {
    return start(data, dashboard().getPort());
  }

  private static DemoProcess start(Path data, int port) throws IOException {
    Path root = root();
    Path log = data.resolveSibling(data.getFileName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                root.resolve("orderwire").toString(),
                "demo",
                "--port",
                String.valueOf(port),
                "--rate",
                "0",
                "--data",
                data.toString()));
    builder.directory(root.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("ORDERWIRE_") || name.startsWith("MYSQL_"));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();

    List<String> printed = new ArrayList<>();
    Map<String, URI> addresses = new HashMap<>();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("ready")) {
        return new DemoProcess(process, data, addresses);
      }
      printed.add(line);
      String[] words = line.split(" ", 2);
      addresses.put(words[0], URI.create(words[1]));
    }
    throw new IOException(
        "the demo ended before it was ready; it printed %s and said: %s"
            .formatted(printed, Files.readString(log)));
  }

  /** The repository's root: the folder of the launcher, here or above. */
  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("orderwire"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no ./orderwire here or above; run this in the repository");
      }
    }
    return folder;
  }

  URI dashboard() {
    return address("dashboard");
  }

  URI websocket() {
    return address("websocket");
  }

  /** A session of its own on the demo's MySQL, with UTC as its time zone; the caller closes it. */
  Connection connect() throws SQLException {
    URI mysql = address("mysql");
    String[] account = mysql.getUserInfo().split(":", 2);
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%d%s?sslMode=DISABLED&allowPublicKeyRetrieval=true&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true"
            .formatted(mysql.getHost(), mysql.getPort(), mysql.getPath()),
        account[0],
        account[1]);
  }

  private URI address(String name) {
    URI address = addresses.get(name);
    if (address == null) {
      throw new IllegalStateException("the demo printed no line for " + name + ": " + addresses);
    }
    return address;
  }

  /**
   * Ends it as {@code kill -9} does. Its MySQL runs on until it is started again on its data, or
   * until this is closed.
   */
  void kill() {
    orphans = process.descendants().toList();
    process.destroyForcibly();
    awaitEnd();
  }

  /** Ends it as {@code kill} does, with its MySQL. */
  @Override
  public void close() {
    process.destroy();
    awaitEnd();
    orphans.forEach(ProcessHandle::destroy);
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "the demo did not end within %d s".formatted(ENDS_WITHIN_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
