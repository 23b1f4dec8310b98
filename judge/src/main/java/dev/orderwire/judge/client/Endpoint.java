package dev.orderwire.judge.client;

/** The address of a server. */
public interface Endpoint {
  /** The port on loopback. */
  int port();
}
