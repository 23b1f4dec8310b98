package dev.orderwire.pipeline;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;

/** Several clients of the same view. */
final class Followers implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<OrderFollower> all = new ArrayList<>();

  /** Connects the clients, and returns when all are subscribed. */
  Followers(int count, URI uri) throws InterruptedException {
    try {
      for (int i = 0; i < count; i++) {
        all.add(new OrderFollower(http, uri));
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  List<OrderFollower> all() {
    return List.copyOf(all);
  }

  @Override
  public void close() {
    all.forEach(OrderFollower::close);
    http.shutdownNow();
    http.close();
  }
}
