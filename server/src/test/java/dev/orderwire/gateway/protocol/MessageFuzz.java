package dev.orderwire.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Visitor;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.fuzz.Parsing;
import dev.orderwire.fuzz.Uncounted;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.catchup.Resumption;
import dev.orderwire.gateway.protocol.ClientMessage.Auth;
import dev.orderwire.gateway.protocol.ClientMessage.Ping;
import dev.orderwire.gateway.protocol.ClientMessage.Subscribe;
import dev.orderwire.gateway.protocol.ClientMessage.Unsubscribe;
import dev.orderwire.view.MarkedPosition;
import dev.orderwire.view.Tables;
import dev.orderwire.view.View;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Messages of a WebSocket's client, as text, with the server's answers. */
public final class MessageFuzz {
  private static final RequestedViews VIEWS =
      new RequestedViews(
          new WatchedTables(List.of(new TableVersion(Tables.ORDERS, 0))),
          FeedGateway.options(Duration.ofHours(1), Set.of(), Map.of()),
          new Uncounted());

  private MessageFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    String ref = null;
    try {
      JsonNode message = Json.read("a message", text);
      ref = ClientMessage.refOf(message);
      answer(ClientMessage.of(message));
    } catch (OrderwireException refusal) {
      Parsing.requireClientsFault(refusal);
      written(Messages.error(ref, refusal), ref);
    }
  }

  private static void answer(ClientMessage message) {
    switch (message) {
      case Subscribe(var ref, var asked, _, var since, var pace) -> {
        assertThat(pace.every().isNegative()).isFalse();
        View view = VIEWS.view(asked, Visitor.ANYBODY);
        assertThat(View.of(view.table(), asked.where().get(), asked.columns())).isEqualTo(view);
        written(Messages.subscribed(ref, view, Position.parse("e-1"), true), ref);
        if (since != null) {
          var _ = Resumption.parse(MarkedPosition.of(since).position());
        }
      }
      case Unsubscribe(var ref, var view) -> written(Messages.unsubscribed(ref, view), ref);
      case Auth(var ref, _) -> written(Messages.authenticated(ref, 1L), ref);
      case Ping(var ref) -> written(Messages.pong(ref), ref);
    }
  }

  /** An answer is JSON, in UTF-8, and names the request as the client did. */
  private static void written(Frame frame, @Nullable String ref) {
    try {
      JsonNode answer = Json.read("an answer", frame.json().toString(StandardCharsets.UTF_8));
      assertThat(answer.get("type")).isNotNull();
      assertThat(ClientMessage.refOf(answer)).isEqualTo(ref);
    } finally {
      frame.release();
    }
  }
}
