package dev.orderwire.auth;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;

/** Why a credential is not accepted. A message never contains anything that the client sent. */
final class Refused {
  private Refused() {}

  static OrderwireException because(String reason) {
    return new OrderwireException(ErrorCode.NOT_AUTHENTICATED, reason);
  }
}
