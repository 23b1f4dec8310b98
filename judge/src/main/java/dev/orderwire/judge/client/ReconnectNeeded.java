package dev.orderwire.judge.client;

import java.io.IOException;

/** The client must leave this connection and open another one. */
final class ReconnectNeeded extends IOException {
  ReconnectNeeded(String reason) {
    super(reason);
  }
}
