package dev.orderwire.acceptance.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;

/** A demo that is ready: on any free port, with no orders but the test's. */
record Demo(Launched command, URI dashboard, URI websocket, String mysql) implements AutoCloseable {
  static Demo start(Path home) {
    Launched command = Launched.start(home, "demo", "--port", "0", "--rate", "0");
    // What the contract says of its output, word by word.
    String dashboard = command.line();
    assertThat(dashboard).matches("dashboard http://127\\.0\\.0\\.1:\\d+/client");
    String websocket = command.line();
    assertThat(websocket).matches("websocket ws://127\\.0\\.0\\.1:\\d+/ws");
    String mysql = command.line();
    assertThat(mysql).matches("mysql mysql://\\w+:[\\w-]+@127\\.0\\.0\\.1:\\d+/\\w+");
    assertThat(command.line()).isEqualTo("ready");
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

  ProcessHandle mysqld() {
    return command.children().getFirst();
  }

  @Override
  public void close() {
    command.close();
  }
}
