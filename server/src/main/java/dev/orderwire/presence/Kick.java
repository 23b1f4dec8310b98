package dev.orderwire.presence;

/** Which connections to close. */
public sealed interface Kick {
  /** One connection. */
  record One(ConnectionId id) implements Kick {
    @Override
    public String toString() {
      return "the connection " + id;
    }
  }

  /** All connections of an identity. */
  record AllOf(String identity) implements Kick {
    @Override
    public String toString() {
      return "all connections of " + identity;
    }
  }
}
