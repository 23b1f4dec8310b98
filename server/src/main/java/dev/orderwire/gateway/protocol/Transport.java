package dev.orderwire.gateway.protocol;

/** How a client is connected. */
public enum Transport {
  WEBSOCKET("websocket"),
  EVENTS("sse");

  private final String text;

  Transport(String text) {
    this.text = text;
  }

  /** The name in metrics. */
  public String text() {
    return text;
  }
}
