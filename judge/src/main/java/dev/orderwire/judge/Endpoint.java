package dev.orderwire.judge;

/** A server as clients know it. */
interface Endpoint {
  /** Its port on loopback. */
  int port();
}
