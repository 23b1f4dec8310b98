package dev.orderwire.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;

/**
 * What the clients of a group connect to, and what they ask for there.
 *
 * @param views how many views of the kind {@code {"id":n}} each client subscribes to; 0 for the one
 *     view of its URL
 * @param firstId the n of the first client's first view; the others count up from it
 */
record Target(URI uri, int views, long firstId) {
  /**
   * @throws IllegalArgumentException where it is not on this machine
   */
  Target {
    try {
      if (!InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
        throw new IllegalArgumentException("load stays on loopback, so it does not go to " + uri);
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("there is no host " + uri.getHost(), e);
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  /**
   * The handshake.
   *
   * @param since the position to go on from; empty for none
   */
  byte[] request(String since) {
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    if (!since.isEmpty()) {
      query += (query.isEmpty() ? "" : "&") + "since=" + URLEncoder.encode(since, UTF_8);
    }
    String path = uri.getRawPath() + (query.isEmpty() ? "" : "?" + query);
    return ClientFrames.request(uri.getAuthority(), path, views > 0);
  }

  /** How often a client is told {@code subscribed}. */
  int subscriptions() {
    return Math.max(1, views);
  }

  /** Whether a client is served only when it has a snapshot. */
  boolean snapshot() {
    String query = uri.getQuery();
    return query != null && query.contains("snapshot=true");
  }

  /** The messages by which the client of that number subscribes; none where its URL does. */
  byte[] subscribe(int client) {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    long first = firstId + (long) client * views;
    for (long id = first; id < first + views; id++) {
      ClientFrames.text(messages, "{\"type\":\"subscribe\",\"where\":{\"id\":" + id + "}}");
    }
    return messages.toByteArray();
  }
}
