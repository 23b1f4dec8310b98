package dev.orderwire.gateway.protocol;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * How the gateway serves.
 *
 * @param host the address to bind to
 * @param port the port to bind to; 0 for any that is free
 * @param heartbeat how often a quiet connection hears from the server; without a sign of life for
 *     two of them it is closed
 * @param origins the origins of web pages that may connect besides the gateway's own, such as
 *     {@code https://shop.example}; {@code *} for all
 * @param actorTables the tables whose changes say who made them
 * @param spoolFolder where snapshots go that are too large for memory
 * @param limits the bounds that are not as {@link Limit} has them
 */
public record GatewayOptions(
    String host,
    int port,
    Duration heartbeat,
    Set<String> origins,
    Set<String> actorTables,
    Path spoolFolder,
    Map<Limit, Long> limits) {
  public GatewayOptions {
    origins = Set.copyOf(origins);
    actorTables = Set.copyOf(actorTables);
    limits = Map.copyOf(limits);
    if (heartbeat.toMillis() < 1) {
      throw new IllegalArgumentException("a heartbeat takes a millisecond or more: " + heartbeat);
    }
    limits.forEach((limit, number) -> {
      if (number < 1) {
        throw new IllegalArgumentException(
            "no bound is below 1: " + number + " " + limit.sentence());
      }
    });
  }

  public long limit(Limit limit) {
    return limits.getOrDefault(limit, limit.number());
  }

  public int intLimit(Limit limit) {
    return Math.toIntExact(limit(limit));
  }
}
