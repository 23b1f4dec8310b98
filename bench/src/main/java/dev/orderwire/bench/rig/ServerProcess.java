package dev.orderwire.bench.rig;

import dev.orderwire.bench.load.ChildJvm;
import dev.orderwire.bus.Buses;
import dev.orderwire.demo.EmbeddedMysql;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server as a process of its own, with the launcher's JVM options. */
public final class ServerProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("(?:websocket|health) (.+)");

  private final ChildJvm process;
  private final URI address;

  private ServerProcess(ChildJvm process, URI address) {
    this.process = process;
    this.address = address;
  }

  /** The settings of a server that speaks TLS. */
  static Map<String, String> tlsSettings(Certificate certificate) {
    return Map.of(
        "ORDERWIRE_SERVER_TLS_CERTIFICATE",
        certificate.file().toString(),
        "ORDERWIRE_SERVER_TLS_KEY",
        certificate.key().toString());
  }

  /**
   * Starts the server on a free port and returns when it is ready.
   *
   * @param command {@code serve}, {@code relay} or {@code gateway}
   * @param settings further settings, as environment variables
   * @param log the file for its standard error
   */
  static ServerProcess start(
      String command, EmbeddedMysql mysql, String database, Map<String, String> settings, Path log)
      throws IOException {
    Map<String, String> environment = new HashMap<>(environment(mysql, database, "DISABLED"));
    environment.putAll(settings);
    List<String> options = new ArrayList<>(options());
    options.add("-Dorderwire.plugins=" + Buses.folder());
    ChildJvm process =
        ChildJvm.start(options, "dev.orderwire.cli.Main", List.of(command), environment, log);
    try {
      return new ServerProcess(process, ready(process));
    } catch (IllegalStateException e) {
      process.close();
      throw new IllegalStateException(
          "the server (%s) did not become ready: %s".formatted(command, e.getMessage()), e);
    }
  }

  /** The launcher's JVM options for a server; none if the launcher did not start this process. */
  public static List<String> options() {
    return Arrays.stream(System.getProperty("orderwire.server-options", "").split("\\s+"))
        .filter(Predicate.not(String::isEmpty))
        .toList();
  }

  private static URI ready(ChildJvm process) {
    URI address = null;
    for (String line = process.receive(); ; line = process.receive()) {
      Matcher found = ADDRESS.matcher(line);
      if (found.matches()) {
        address = URI.create(found.group(1));
      } else if (line.equals("ready") && address != null) {
        return address;
      }
    }
  }

  /**
   * The environment variables of a server that uses this database and listens on a free port.
   *
   * @param sslMode a mode of MySQL Connector/J, for the connections to MySQL
   */
  public static Map<String, String> environment(
      EmbeddedMysql mysql, String database, String sslMode) {
    return Map.of(
        "MYSQL_URL",
        "mysql://%s:%s@127.0.0.1:%d/%s?sslMode=%s"
            .formatted(mysql.user(), mysql.password(), mysql.port(), database, sslMode),
        "ORDERWIRE_SERVER_PORT",
        "0",
        // Its clients have no other server to go to.
        "ORDERWIRE_SERVER_DRAIN_NOTICE_SECONDS",
        "0",
        "ORDERWIRE_SERVER_DRAIN_LIMIT_SECONDS",
        "1");
  }

  /** Where clients connect to. Not for relays, which have none. */
  public URI websocket() {
    if (!address.getScheme().startsWith("ws")) {
      throw new IllegalStateException("a relay serves no clients");
    }
    return address;
  }

  public URI health() {
    return URI.create("http://" + address.getAuthority() + "/health");
  }

  public long pid() {
    return process.pid();
  }

  /** Ends it by SIGKILL, like a crash, and returns when it has ended. */
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
