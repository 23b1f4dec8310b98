package dev.orderwire.gateway.protocol;

/** How a message goes over the wire. */
public enum Form {
  /** A WebSocket frame. */
  PLAIN(Transport.WEBSOCKET),
  /** A WebSocket frame that is compressed where that pays (RFC 7692). */
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
