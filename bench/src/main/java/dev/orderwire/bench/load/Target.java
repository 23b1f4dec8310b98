package dev.orderwire.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server that the clients of a group connect to, and the views that they subscribe to.
 *
 * @param views how many views {@code {"id":n}} each client subscribes to; 0 for the one view of its
 *     URL
 * @param first the n of the first client's first view; the n of all views count up from it. With
 *     tokens, the number of the first client
 * @param divided whether each change concerns one client, and not all
 * @param tokens by which the clients say who they are, one for each; empty for a server without
 *     authentication. Clients with tokens connect from addresses of their own
 */
record Target(URI uri, int views, long first, boolean divided, List<String> tokens) {
  /**
   * @throws IllegalArgumentException if the server is not on this machine
   */
  Target {
    tokens = List.copyOf(tokens);
    try {
      if (!InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
        throw new IllegalArgumentException("load goes to loopback addresses only, not to " + uri);
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("unknown host " + uri.getHost(), e);
    }
  }

  boolean isTls() {
    return uri.getScheme().equals("wss");
  }

  InetSocketAddress address() {
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  /**
   * The address that a client connects from.
   *
   * @param client its index
   * @param ofProcess the address of clients without tokens; null for any
   */
  @Nullable SocketAddress source(int client, @Nullable SocketAddress ofProcess) {
    return tokens.isEmpty() ? ofProcess : OwnAddress.of(OwnAddress.CLIENTS, (int) first + client);
  }

  /**
   * The handshake's request.
   *
   * @param client its index
   * @param since the position to resume from; empty for none
   */
  byte[] request(int client, String since) {
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    if (!since.isEmpty()) {
      query += (query.isEmpty() ? "" : "&") + "since=" + URLEncoder.encode(since, UTF_8);
    }
    String path = uri.getRawPath() + (query.isEmpty() ? "" : "?" + query);
    return ClientFrames.request(
        uri.getAuthority(), path, views > 0, tokens.isEmpty() ? "" : tokens.get(client));
  }

  /** How many {@code subscribed} messages a client receives. */
  int subscriptions() {
    return Math.max(1, views);
  }

  /** Whether a client asks for a snapshot, and is served only when it has received it. */
  boolean wantsSnapshot() {
    String query = uri.getQuery();
    return query != null && query.contains("snapshot=true");
  }

  /** The messages by which a client subscribes, by its index; empty if its URL subscribes. */
  byte[] subscribe(int client) {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    long from = first + (long) client * views;
    for (long id = from; id < from + views; id++) {
      ClientFrames.text(messages, "{\"type\":\"subscribe\",\"where\":{\"id\":" + id + "}}");
    }
    return messages.toByteArray();
  }
}
