package dev.orderwire.gateway.http;

import dev.orderwire.gateway.protocol.ClientMessage;
import java.util.function.Supplier;

/** What is to be done for a request. */
sealed interface Route {
  /** It is answered at once. */
  record Now(Answer answer) implements Route {}

  /** The answer takes a moment of thinking, and is made on a virtual thread. */
  record Later(Supplier<Answer> work) implements Route {}

  /** The answer is read from MySQL, on a virtual thread, when it is its turn. */
  record FromMysql(Supplier<Answer> work) implements Route {}

  /** It becomes a WebSocket; a plain client is subscribed to what the URL says. */
  record ToWebSocket(String uri) implements Route {}

  /** It becomes a stream of events. */
  record ToEvents(ClientMessage.Subscribe request) implements Route {}
}
