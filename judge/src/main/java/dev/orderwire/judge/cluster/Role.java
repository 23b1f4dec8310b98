package dev.orderwire.judge.cluster;

import java.util.Locale;

/** What a server does. */
enum Role {
  SERVE("server"),
  RELAY("relay"),
  GATEWAY("gateway");

  private final String noun;

  Role(String noun) {
    this.noun = noun;
  }

  /** The command of {@code ./orderwire}. */
  String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean servesClients() {
    return this != RELAY;
  }

  /** Whether it may lead where there is a bus. */
  boolean leads() {
    return this != GATEWAY;
  }

  @Override
  public String toString() {
    return noun;
  }
}
