package dev.orderwire.judge.run;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How the servers of a run are put together. */
public enum Topology {
  /** Servers without a bus. Each client chooses one. */
  DIRECT,
  /** Servers without a bus, behind a balancer. */
  SERVE,
  /** Servers without a bus, behind a balancer, with a replica for snapshots and missed changes. */
  REPLICA,
  /** Relays and gateways with a Redis. The gateways are behind a balancer. */
  REDIS,
  /** Relays and gateways with a Kafka. The gateways are behind a balancer. */
  KAFKA;

  /** The faults of its own parts. */
  private Set<Fault> own() {
    return switch (this) {
      case DIRECT -> Set.of();
      case SERVE -> Set.of(Fault.BALANCER);
      case REPLICA -> Set.of(Fault.BALANCER, Fault.LAG);
      case REDIS -> Set.of(Fault.BALANCER, Fault.RELAY, Fault.GATEWAY, Fault.REDIS);
      case KAFKA -> Set.of(Fault.BALANCER, Fault.RELAY, Fault.GATEWAY, Fault.KAFKA);
    };
  }

  /** The faults that can be injected. */
  public Set<Fault> faults() {
    Set<Fault> faults = EnumSet.allOf(Fault.class);
    for (Topology each : values()) {
      faults.removeAll(each.own());
    }
    faults.addAll(own());
    return faults;
  }

  public boolean hasBalancer() {
    return this != DIRECT;
  }

  public boolean hasReplica() {
    return this == REPLICA;
  }

  public boolean hasBus() {
    return this == REDIS || this == KAFKA;
  }

  /** The name in the command's options. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
