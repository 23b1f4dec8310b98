package dev.orderwire.gateway.http;

import dev.orderwire.auth.Visitor;
import dev.orderwire.gateway.protocol.ClientMessage;
import dev.orderwire.gateway.protocol.Use;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a request leads to. */
sealed interface Route {
  /** An answer that exists already. */
  record Now(Answer answer) implements Route {}

  /** An answer that takes CPU time, made on a virtual thread. */
  record Later(Supplier<Answer> work) implements Route {}

  /**
   * An answer read from MySQL, on a virtual thread, once there is a turn for it.
   *
   * @param use what it asks for
   */
  record FromMysql(Use use, Supplier<Answer> work) implements Route {}

  /**
   * A WebSocket; a plain client is subscribed to the view of the URL.
   *
   * @param visitor null if the client has not said who it is
   */
  record ToWebSocket(String uri, @Nullable Visitor visitor) implements Route {}

  /** A stream of server-sent events. */
  record ToEvents(ClientMessage.Subscribe request, Visitor visitor) implements Route {}
}
