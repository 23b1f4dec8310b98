package dev.orderwire.acceptance;

import com.microsoft.playwright.WebSocketRoute;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's end of a page's WebSocket, for what a real server would not do on demand. It answers
 * each connection with a welcome, and keeps what the page asks for. JSON is written with {@code '}
 * for the quotes. For the thread of the browser.
 */
final class ScriptedLink {
  private final List<WebSocketRoute> connections = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  void opened(WebSocketRoute connection) {
    connections.add(connection);
    connection.onMessage(frame -> asked.add(frame.text()));
    send("{'type':'welcome','server':'scripted','connection':'c','heartbeatSeconds':1000}");
  }

  /** Waits until the page has asked so many times, on whatever connection, and gives the last. */
  String awaitRequest(Screen screen, int number) {
    screen.page().waitForCondition(() -> asked.size() >= number);
    return asked.get(number - 1);
  }

  /** On the newest connection. */
  void send(String message) {
    connections.getLast().send(message.replace('\'', '"'));
  }

  /** Ends the newest connection as a server does that goes away. */
  void drop() {
    connections.getLast().close(new WebSocketRoute.CloseOptions().setCode(1001));
  }
}
