package dev.orderwire.cli.server;

/** What a process does. */
public enum Role {
  /** Serves clients; with a bus, it may lead too. */
  SERVE(true, true),

  /** Leads, or waits to lead. Serves no clients. */
  RELAY(true, false),

  /** Serves clients, and never leads. */
  GATEWAY(false, true);

  private final boolean leads;
  private final boolean servesClients;

  Role(boolean leads, boolean servesClients) {
    this.leads = leads;
    this.servesClients = servesClients;
  }

  /** Whether it may lead. */
  boolean leads() {
    return leads;
  }

  boolean servesClients() {
    return servesClients;
  }
}
