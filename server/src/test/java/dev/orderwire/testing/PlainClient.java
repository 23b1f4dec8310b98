package dev.orderwire.testing;

import java.net.URI;

/**
 * A client that is subscribed by its URL.
 *
 * @param id of its connection
 */
public record PlainClient(WsClient socket, String id) implements AutoCloseable {
  /** Waits until it is subscribed. */
  public static PlainClient connect(URI uri) {
    WsClient socket = WsClient.connect(uri);
    String id = socket.await("welcome").get("connection").asString();
    socket.await("subscribed");
    return new PlainClient(socket, id);
  }

  /** Asserts that the connection is open. */
  public void ping() {
    socket.send("{\"type\":\"ping\"}");
    socket.await("pong");
  }

  /** Waits for the close frame of the server, and returns its code. */
  public int closeCode() {
    return socket.closeCode();
  }

  @Override
  public void close() {
    socket.close();
  }
}
