package dev.orderwire.judge.run;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How the servers of a run are put together. */
public enum Topology {
  /** Servers without a bus. Each client chooses one. */
  DIRECT,
  /** Servers without a bus, behind a balancer. */
  SERVE(Fault.BALANCER),
  /** Relays and gateways with a Redis. The gateways are behind a balancer. */
  REDIS(Fault.BALANCER, Fault.RELAY, Fault.GATEWAY, Fault.REDIS);

  private final Set<Fault> own = EnumSet.noneOf(Fault.class);

  Topology(Fault... own) {
    this.own.addAll(Set.of(own));
  }

  /** The faults that can be injected. */
  public Set<Fault> faults() {
    Set<Fault> faults = EnumSet.allOf(Fault.class);
    for (Topology each : values()) {
      faults.removeAll(each.own);
    }
    faults.addAll(own);
    return faults;
  }

  public boolean hasBalancer() {
    return this != DIRECT;
  }

  public boolean hasBus() {
    return this == REDIS;
  }

  /** The name in the command's options. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
