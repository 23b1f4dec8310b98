package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A demo that is ready, without sample orders. */
record Demo(OrderwireProcess command, URI dashboard, URI websocket, String mysql)
    implements AutoCloseable {
  /** Starts a demo on a free port. */
  static Demo start(Path home) {
    return start(home, 0);
  }

  static Demo start(Path home, int port) {
    OrderwireProcess command =
        OrderwireProcess.start(home, "demo", "--port", "" + port, "--rate", "0");
    // The exact output that docs/reference/commands.md promises.
    String dashboard = command.nextLine();
    assertThat(dashboard).matches("dashboard http://127\\.0\\.0\\.1:\\d+/client");
    String websocket = command.nextLine();
    assertThat(websocket).matches("websocket ws://127\\.0\\.0\\.1:\\d+/ws");
    String mysql = command.nextLine();
    assertThat(mysql).matches("mysql mysql://\\w+:[\\w-]+@127\\.0\\.0\\.1:\\d+/\\w+");
    assertThat(command.nextLine()).isEqualTo("ready");
    return new Demo(
        command, URI.create(second(dashboard)), URI.create(second(websocket)), second(mysql));
  }

  private static String second(String line) {
    return line.substring(line.indexOf(' ') + 1);
  }

  /** Another address of the same server. */
  URI http(String path) {
    return dashboard.resolve(path);
  }

  /** Opens a session on the demo's MySQL, with the time zone UTC. The caller closes it. */
  Connection connect() throws SQLException {
    URI uri = URI.create(mysql);
    String[] account = uri.getUserInfo().split(":", 2);
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%d%s?sslMode=DISABLED&allowPublicKeyRetrieval=true&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true"
            .formatted(uri.getHost(), uri.getPort(), uri.getPath()),
        account[0],
        account[1]);
  }

  ProcessHandle mysqld() {
    return command.children().getFirst();
  }

  @Override
  public void close() {
    command.close();
  }
}
