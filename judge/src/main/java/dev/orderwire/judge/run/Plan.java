package dev.orderwire.judge.run;

import java.time.Duration;
import java.util.Set;

/**
 * The settings of a run.
 *
 * @param length how long the load lasts, all rounds together
 * @param round how long the load of one round lasts
 * @param relays how many processes lead and serve no clients; 0 where those that serve clients lead
 * @param servers how many processes serve clients
 * @param scale multiplies the writers' work; 1 suits a small machine
 * @param faults the faults that may be injected
 * @param policies whether the servers ask their clients who they are, and show each what its
 *     policies allow
 */
public record Plan(
    Duration length,
    Duration round,
    long seed,
    Topology topology,
    int relays,
    int servers,
    int writers,
    int clients,
    int scale,
    Set<Fault> faults,
    boolean policies) {
  /** Whether an injected fault explains a reset with this reason. */
  public boolean expectsReset(String reason) {
    return switch (reason) {
      case "schema" -> faults.contains(Fault.SCHEMA) || faults.contains(Fault.TRIGGER);
      case "epoch" -> faults.contains(Fault.LOG);
      default -> false;
    };
  }

  /** How many processes there are, in words. */
  public String processes() {
    return switch (topology) {
      case DIRECT -> "%d servers".formatted(servers);
      case SERVE -> "%d servers behind a balancer".formatted(servers);
      case REPLICA -> "%d servers with a replica of MySQL, behind a balancer".formatted(servers);
      case REDIS -> processes("Redis");
      case KAFKA -> processes("Kafka");
    };
  }

  private String processes(String bus) {
    return "%d relays and %d %s with a %s, behind a balancer"
        .formatted(relays, servers, relays > 0 ? "gateways" : "servers", bus);
  }

  public boolean changesSchema() {
    return faults.stream().anyMatch(Fault::changesSchema);
  }
}
