package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class BadInputTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          not json                                                               | bad_json         |
          {"type":"ping"} x                                                      | bad_json         |
          {"type":"ping","type":"ping"}                                          | bad_json         |
          ``                                                                     | bad_json         |
          {"type":"ping","ref":1e99999999999}                                    | bad_json         |
          []                                                                     | bad_message      |
          null                                                                   | bad_message      |
          {"ref":"r"}                                                            | bad_message      | r
          {"type":7,"ref":"r"}                                                   | bad_message      | r
          {"type":"ping","ref":7}                                                | bad_message      |
          {"type":"hello","ref":"r"}                                             | unknown_type     | r
          {"type":"subscribe","ref":"r","table":"nothing"}                       | unknown_table    | r
          {"type":"subscribe","ref":"r","table":7}                               | bad_message      | r
          {"type":"subscribe","ref":"r","tabel":"orders"}                        | unknown_field    | r
          {"type":"subscribe","ref":"r","columns":["id","nothing"]}              | unknown_column   | r
          {"type":"subscribe","ref":"r","columns":"id"}                          | bad_message      | r
          {"type":"subscribe","ref":"r","columns":[1]}                           | bad_message      | r
          {"type":"subscribe","ref":"r","snapshot":"yes"}                        | bad_message      | r
          {"type":"subscribe","ref":"r","where":{"nothing":1}}                   | unknown_column   | r
          {"type":"subscribe","ref":"r","where":{"amount":"much"}}               | wrong_type       | r
          {"type":"subscribe","ref":"r","where":{"amount":{"above":1}}}          | unknown_operator | r
          {"type":"subscribe","ref":"r","where":[]}                              | bad_where        | r
          {"type":"subscribe","ref":"r","since":"yesterday"}                     | unknown_position | r
          {"type":"subscribe","ref":"r","since":"epoch1-5.dAA"}                  | unknown_position | r
          {"type":"subscribe","ref":"r","conflate":"100"}                        | bad_conflate     | r
          {"type":"unsubscribe","ref":"r","view":"nothing"}                      | unknown_view     | r
          {"type":"unsubscribe","ref":"r"}                                       | bad_message      | r
          {"type":"auth","ref":"r","token":"x"}                                  | auth_not_configured | r
          """)
  void anErrorNamesTheProblemAndTheConnectionStaysOpen(String message, String code, String ref) {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.await("welcome");
      client.send(message);
      JsonNode error = client.next();
      assertThat(error.get("type").asString()).isEqualTo("error");
      assertThat(error.get("code").asString()).isEqualTo(code);
      assertThat(error.get("message").asString()).isNotBlank();
      assertThat(error.has("ref")).isEqualTo(ref != null);
      if (ref != null) {
        assertThat(error.get("ref").asString()).isEqualTo(ref);
      }
      client.send("{\"type\":\"subscribe\"}");
      client.await("subscribed");
      gateway.append(insert(101, order(1, "Ann", "pending")));
      assertThat(client.nextChange().get("id").longValue()).isEqualTo(101);
      assertThat(gateway.traffic.refusals).containsExactly(code);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          table    | nothing          | unknown_table
          tabel    | orders           | bad_parameter
          where    | {                | bad_json
          where    | {"nothing":1}    | unknown_column
          columns  | id,nothing       | unknown_column
          snapshot | yes              | bad_parameter
          since    | yesterday        | unknown_position
          conflate | 2m               | bad_conflate
          """)
  void aPlainClientWithABadUrlGetsAnErrorAndCanStillSubscribe(
      String name, String value, String code) {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws(name, value))) {
      client.await("welcome");
      JsonNode error = client.next();
      assertThat(error.get("type").asString()).isEqualTo("error");
      assertThat(error.get("code").asString()).isEqualTo(code);
      client.send("{\"type\":\"subscribe\"}");
      client.await("subscribed");
    }
  }

  @Test
  void aRepeatedParameterIsRefused() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws("table", "orders", "table", "orders"))) {
      assertThat(client.await("error").get("code").asString()).isEqualTo("bad_parameter");
    }
  }

  @Test
  void theSameViewTwiceOnAConnectionIsRefused() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      client.send("{\"type\":\"subscribe\",\"ref\":\"again\"}");
      assertThat(client.next().get("code").asString()).isEqualTo("already_subscribed");
      gateway.append(insert(101, order(1, "Ann", "pending")));
      gateway.append(insert(102, order(1, "Ann", "pending")));
      assertThat(client.nextChange().get("id").longValue()).isEqualTo(101);
      assertThat(client.nextChange().get("id").longValue()).isEqualTo(102);
    }
  }

  @Test
  void aBinaryMessageClosesTheConnection() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      client.sendBinary("{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));
      assertThat(client.closeCode()).isEqualTo(4400);
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.BAD_REQUEST);
    }
  }

  @Test
  void tooManyErrorsCloseTheConnection() {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.ERRORS, 3L));
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.send("1");
      client.send("2");
      client.send("{\"type\":\"ping\"}");
      client.await("pong");
      client.send("3");
      assertThat(client.closeCode()).isEqualTo(4400);
      assertThat(client.next().get("type").asString()).isEqualTo("error");
    }
  }

  @Test
  void aMessageOverTheLimitClosesTheConnection() {
    try (FeedGateway gateway = new FeedGateway()) {
      String longest = "{\"type\":\"ping\",\"ref\":\"" + "x".repeat(65_536 - 24) + "\"}";
      assertThat(longest).hasSize(65_536);
      try (WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
        client.send(longest);
        client.await("pong");
        client.send(longest.replace("x\"}", "xx\"}"));
        assertThat(client.closeCode()).isEqualTo(4413);
      }
      try (WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
        client.send(List.of(longest.substring(0, 40_000), longest.substring(40_000)));
        client.await("pong");
        client.send(List.of(longest.substring(0, 40_000), longest.substring(39_999)));
        assertThat(client.closeCode()).isEqualTo(4413);
      }
    }
  }

  /** The length alone is enough: nothing of such a message is taken in. */
  @Test
  void aFrameThatClaimsTooMuchEndsTheConnectionBeforeItComes() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.sendFrame(0x81, new byte[0], 1L << 40);
      assertThat(socket.readCloseCode()).isEqualTo(4413);
      socket.sendFrame(0x88, new byte[] {0x11, 0x3d});
      assertThat(socket.awaitEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "81, c328, 1007", // a text that is not UTF-8
    "82, 00, 4400", // a binary frame
    "80, 7b7d, 1002", // a continuation of nothing
    "c1, 7b7d, 1002", // a reserved bit
    "83, 7b7d, 1002", // a reserved opcode
    "09, 00, 1002", // a control frame in fragments
    "88, 00, 1002", // half a close code
  })
  void aProtocolErrorClosesTheConnectionWithItsCode(String first, String payload, int code) {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.sendFrame(Integer.parseInt(first, 16), HexFormat.of().parseHex(payload));
      assertThat(socket.readCloseCode()).isEqualTo(code);
    }
  }

  @Test
  void anUnmaskedFrameClosesTheConnection() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.send(new byte[] {(byte) 0x81, 2, '{', '}'});
      assertThat(socket.readCloseCode()).isEqualTo(1002);
    }
  }

  @Test
  void tooManyViewsAreRefusedUntilOneIsUnsubscribed() {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.VIEWS, 2L));
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.send("{\"type\":\"subscribe\",\"where\":{\"id\":1}}");
      String view = client.await("subscribed").get("view").asString();
      client.send("{\"type\":\"subscribe\",\"where\":{\"id\":2}}");
      client.await("subscribed");
      client.send("{\"type\":\"subscribe\",\"where\":{\"id\":3}}");
      assertThat(client.next().get("code").asString()).isEqualTo("too_many_views");
      client.send("{\"type\":\"unsubscribe\",\"view\":\"" + view + "\"}");
      client.await("unsubscribed");
      client.send("{\"type\":\"subscribe\",\"where\":{\"id\":3}}");
      client.await("subscribed");
    }
  }
}
