package dev.orderwire.bench.rig;

import dev.orderwire.bench.load.ChildJvm;
import dev.orderwire.demo.EmbeddedMysql;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** {@code orderwire serve} as a process of its own, with the launcher's JVM options. */
public final class ServerProcess implements AutoCloseable {
  private static final String WEBSOCKET = "websocket ";

  private final ChildJvm process;
  private final URI websocket;

  private ServerProcess(ChildJvm process, URI websocket) {
    this.process = process;
    this.websocket = websocket;
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
   * @param settings further settings, as environment variables
   * @param log the file for its standard error
   */
  static ServerProcess start(
      EmbeddedMysql mysql, String database, Map<String, String> settings, Path log)
      throws IOException {
    Map<String, String> environment = new HashMap<>(environment(mysql, database, "DISABLED"));
    environment.putAll(settings);
    ChildJvm process =
        ChildJvm.start(options(), "dev.orderwire.cli.Main", List.of("serve"), environment, log);
    try {
      return new ServerProcess(process, ready(process));
    } catch (IllegalStateException e) {
      process.close();
      throw new IllegalStateException("the server did not become ready: " + e.getMessage(), e);
    }
  }

  /** The launcher's JVM options for a server; none if the launcher did not start this process. */
  public static List<String> options() {
    return Arrays.stream(System.getProperty("orderwire.server-options", "").split("\\s+"))
        .filter(Predicate.not(String::isEmpty))
        .toList();
  }

  private static URI ready(ChildJvm process) {
    URI websocket = null;
    for (String line = process.receive(); ; line = process.receive()) {
      if (line.startsWith(WEBSOCKET)) {
        websocket = URI.create(line.substring(WEBSOCKET.length()));
      } else if (line.equals("ready") && websocket != null) {
        return websocket;
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

  public URI websocket() {
    return websocket;
  }

  public URI health() {
    return URI.create("http://" + websocket.getAuthority() + "/health");
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }
}
