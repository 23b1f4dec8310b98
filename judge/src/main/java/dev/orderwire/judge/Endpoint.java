package dev.orderwire.judge;

/** The address of a server. */
interface Endpoint {
  /** The port on loopback. */
  int port();
}
