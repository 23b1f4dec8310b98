package dev.orderwire.acceptance;

import com.microsoft.playwright.WebSocketRoute;
import java.util.ArrayList;
import java.util.List;

/**
 * A server for a page's WebSocket that sends what a test tells it to, which a real server does not
 * do on demand. It sends each connection a welcome, and keeps the page's requests. JSON is written
 * with {@code '} instead of {@code "}. For the thread of the browser.
 */
final class ScriptedServer {
  private final List<WebSocketRoute> connections = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  void accept(WebSocketRoute connection) {
    connections.add(connection);
    connection.onMessage(frame -> requests.add(frame.text()));
    send("{'type':'welcome','server':'scripted','connection':'c','heartbeatSeconds':1000}");
  }

  /** Waits for the page's request of that number, counted from 1 over all connections. */
  String awaitRequest(Screen screen, int number) {
    screen.page().waitForCondition(() -> requests.size() >= number);
    return requests.get(number - 1);
  }

  /** Sends a message on the newest connection. */
  void send(String message) {
    connections.getLast().send(message.replace('\'', '"'));
  }

  /** Closes the newest connection, like a server that goes away. */
  void drop() {
    connections.getLast().close(new WebSocketRoute.CloseOptions().setCode(1001));
  }
}
