package dev.orderwire.gateway.protocol;

/** The form of a message on the wire. */
public enum Form {
  /** A WebSocket frame. */
  PLAIN(Transport.WEBSOCKET),
  /**
   * A WebSocket frame, compressed (RFC 7692) if that makes it smaller. Only messages that clients
   * share ({@code changes}, {@code snapshot}) and that have at least 256 bytes are compressed.
   */
  DEFLATED(Transport.WEBSOCKET),
  /** A server-sent event. */
  EVENT(Transport.EVENTS);

  private final Transport transport;

  Form(Transport transport) {
    this.transport = transport;
  }

  public Transport transport() {
    return transport;
  }
}
