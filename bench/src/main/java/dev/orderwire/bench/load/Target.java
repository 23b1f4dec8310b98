package dev.orderwire.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;

/**
 * The server that the clients of a group connect to, and the views that they subscribe to.
 *
 * @param views how many views {@code {"id":n}} each client subscribes to; 0 for the one view of its
 *     URL
 * @param firstId the n of the first client's first view; the n of all views count up from it
 */
record Target(URI uri, int views, long firstId) {
  /**
   * @throws IllegalArgumentException if the server is not on this machine
   */
  Target {
    try {
      if (!InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
        throw new IllegalArgumentException("load goes to loopback addresses only, not to " + uri);
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("unknown host " + uri.getHost(), e);
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  /**
   * The handshake's request.
   *
   * @param since the position to resume from; empty for none
   */
  byte[] request(String since) {
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    if (!since.isEmpty()) {
      query += (query.isEmpty() ? "" : "&") + "since=" + URLEncoder.encode(since, UTF_8);
    }
    String path = uri.getRawPath() + (query.isEmpty() ? "" : "?" + query);
    return ClientFrames.request(uri.getAuthority(), path, views > 0);
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
    long first = firstId + (long) client * views;
    for (long id = first; id < first + views; id++) {
      ClientFrames.text(messages, "{\"type\":\"subscribe\",\"where\":{\"id\":" + id + "}}");
    }
    return messages.toByteArray();
  }
}
