package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What hostile clients try with connections, requests and frames. */
@ExtendWith(FailOnLeak.class)
class ConnectionAttackTest {
  /** A request that a proxy would have refused: its answer must never come. */
  private static final String SMUGGLED = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n",
        "Transfer-Encoding: x, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "Content-Length: 0, 44\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 44\r\n\r\n",
        "Content-Length : 44\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length: 0x2c\r\n\r\n",
        "Host: orders.example\r\n\r\n",
        "X\r\n\r\n",
        ": y\r\n\r\n",
        "X: a\rb\r\n\r\n",
        "X: a\u0000b\r\n\r\n",
        "X: y\n\n",
      })
  void aRequestWhoseEndIsInDoubtEndsTheConnection(String rest) {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send("GET /health HTTP/1.1\r\nHost: localhost\r\n" + rest + SMUGGLED);
      String answers = socket.readToEnd();
      assertThat(answers).containsPattern("^HTTP/1\\.1 4[0-9][0-9] ").doesNotContain("one 1");
      assertThat(answers.split("HTTP/1\\.1 [0-9]", -1)).as("one answer").hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/?x=%0d%0aSet-Cookie:%20a=b",
        "/client%0d%0aSet-Cookie:%20a=b",
        "/\rSet-Cookie: a=b",
        "/?\u0000\rSet-Cookie: a=b",
        "/api/tables/%0d%0aSet-Cookie:%20a=b/rows",
        "/ws?where=%0d%0aSet-Cookie:%20a=b",
      })
  void aUrlSetsNoHeader(String path) {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      String head = socket.readHead();
      assertThat(head).startsWith("HTTP/1.1 ");
      assertThat(head.lines())
          .noneMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("set-cookie"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://localhost\rSet-Cookie: a=b",
        "Sec-WebSocket-Protocol: orderwire.token.x\rSet-Cookie: a=b",
      })
  void anEchoedHeaderSetsNoOtherHeader(String header) {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send("GET /api/tables HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n");
      assertThat(socket.readHead()).startsWith("HTTP/1.1 400").doesNotContain("a=b");
    }
  }

  /** Slowloris: each byte comes in time, the request never. */
  @Test
  void slowBytesDoNotExtendTheTimeOfARequest() {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.HANDSHAKE_SECONDS, 1L));
        RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ");
      assertThat(endsWhile(socket, "x")).isTrue();
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.HANDSHAKE_SECONDS);
    }
  }

  /** Also between requests. */
  @Test
  void slowBytesDoNotExtendTheTimeOfTheNextRequest() {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.IDLE_SECONDS, 1L));
        RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nX: ");
      socket.readAnswer();
      assertThat(endsWhile(socket, "x")).isTrue();
    }
  }

  /** Sends bytes until the server has closed the connection. */
  private static boolean endsWhile(RawSocket socket, String bytes) {
    Thread sender =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (true) {
                  socket.send(bytes);
                  Thread.sleep(20);
                }
              } catch (UncheckedIOException | InterruptedException _) {
                // The connection has ended.
              }
            });
    boolean ended = socket.awaitEnd();
    sender.interrupt();
    return ended;
  }

  @Test
  void manyHalfOpenConnectionsEndAndOthersAreServedMeanwhile() {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.HANDSHAKE_SECONDS, 1L));
        WsClient honest = WsClient.connect(gateway.ws())) {
      honest.await("subscribed");
      List<RawSocket> hostile = new ArrayList<>();
      try {
        for (int i = 0; i < 300; i++) {
          RawSocket socket = RawSocket.connect(gateway.address);
          hostile.add(socket);
          if (i % 3 == 1) {
            socket.send("GET /ws HTTP/1.1\r\nHost: local");
          } else if (i % 3 == 2) {
            socket.send("\r\n\r\n\r\n");
          }
        }
        gateway.append(insert(101, order(1, "Ann", "pending")));
        assertThat(honest.nextChange().get("id").longValue()).isEqualTo(101);
        assertThat(hostile).allMatch(RawSocket::awaitEnd);
        gateway.append(insert(102, order(2, "Ann", "pending")));
        assertThat(honest.nextChange().get("id").longValue()).isEqualTo(102);
      } finally {
        hostile.forEach(RawSocket::close);
      }
    }
  }

  /** The rest of an answer is not kept for a client that takes none of it. */
  @Test
  void aClientThatDoesNotReadALargeAnswerIsClosed() {
    Map<Limit, Long> limits =
        Map.of(Limit.STALL_SECONDS, 1L, Limit.ANSWER_BYTES, 64L << 20, Limit.ROWS, 1_000_000L);
    try (MemoryGateway gateway = new MemoryGateway(10, limits)) {
      gateway.insert(30_000, "c".repeat(1_000), "pending");
      try (RawSocket socket = RawSocket.connect(gateway.address, 4_096)) {
        socket.send("GET /api/tables/orders/rows?limit=100000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        socket.readHead();
        try (WsClient honest = WsClient.connect(gateway.ws())) {
          honest.await("subscribed");
        }
        Await.until(
            "the connection is closed",
            () -> {
              try {
                socket.send("x");
                return false;
              } catch (UncheckedIOException _) {
                return true;
              }
            });
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [             |       | 60000 | bad_json
          {"a":         |       | 10000 | bad_json
          {"type":"subscribe","where":{"and":[ | {"and":[ | 4000 | bad_json
          """)
  void deepNestingIsAnErrorAndTheConnectionLivesOn(
      String begin, String repeated, int times, String code) {
    String text = repeated == null ? begin.repeat(times) : begin + repeated.repeat(times);
    assertRefused(text, code);
  }

  @Test
  void aWhereWithTooManyLevelsOrValuesIsAnErrorAndTheConnectionLivesOn() {
    String values =
        IntStream.range(0, 8_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
    assertRefused(
        "{\"type\":\"subscribe\",\"where\":{\"id\":{\"in\":[" + values + "]}}}", "bad_where");
    assertRefused(
        "{\"type\":\"subscribe\",\"where\":"
            + "{\"not\":".repeat(100)
            + "{\"id\":1}"
            + "}".repeat(100)
            + "}",
        "bad_where");
    assertRefused(
        "{\"type\":\"subscribe\",\"where\":{\"or\":["
            + "{\"id\":1},".repeat(5_000)
            + "{\"id\":2}]}}",
        "bad_where");
  }

  /** Written out, it would have a gigabyte of digits. */
  @Test
  void aNumberWithAnEnormousExponentIsComparedAsItIs() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.send(
          "{\"type\":\"subscribe\",\"where\":{\"id\":{\"lt\":1e1000000000,\"gt\":-1e1000000000,\"ne\":1e-1000000000}}}");
      client.await("subscribed");
      gateway.append(insert(101, order(1, "Ann", "pending")));
      assertThat(client.nextChange().get("id").longValue()).isEqualTo(101);
    }
  }

  private static void assertRefused(String message, String code) {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.await("welcome");
      client.send(message);
      JsonNode error = client.next();
      assertThat(error.get("code").asString()).as(error.toString()).isEqualTo(code);
      assertThat(error.toString().length()).as("of the error").isLessThan(1_000);
      client.send("{\"type\":\"ping\"}");
      client.await("pong");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"91", "a1", "b1", "f1", "84", "85", "86", "87", "8b", "8c", "8f", "c9", "a9"})
  void reservedBitsAndOpcodesCloseTheConnection(String first) {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.sendFrame(Integer.parseInt(first, 16), new byte[] {'{', '}'});
      assertThat(socket.readCloseCode()).isEqualTo(1002);
    }
  }

  @Test
  void aMessageInsideAnotherClosesTheConnection() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket =
            RawSocket.connect(gateway.address)
                .upgrade("/ws", "Sec-WebSocket-Protocol: orderwire.v1")) {
      socket.sendFrame(0x01, "{\"type\":".getBytes(StandardCharsets.UTF_8));
      // A ping may stand between fragments.
      socket.sendFrame(0x89, new byte[0]);
      socket.sendFrame(0x81, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));
      assertThat(socket.readCloseCode()).isEqualTo(1002);
    }
  }

  @Test
  void aLongControlFrameClosesTheConnection() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.sendFrame(0x89, new byte[126]);
      assertThat(socket.readCloseCode()).isEqualTo(1002);
    }
  }

  @Test
  void aCompressionBombInFragmentsStopsAtTheMessageLimit() {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(new byte[50_000_000]);
    byte[] all = new byte[65_536];
    int length = deflater.deflate(all, 0, all.length, Deflater.SYNC_FLUSH);
    deflater.end();
    byte[] bomb = Arrays.copyOf(all, length);
    try (FeedGateway gateway = new FeedGateway();
        RawSocket socket =
            RawSocket.connect(gateway.address)
                .upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate")) {
      socket.sendFrame(0x41, Arrays.copyOf(bomb, length / 2));
      socket.sendFrame(0x80, Arrays.copyOfRange(bomb, length / 2, length));
      assertThat(socket.readCloseCode()).isEqualTo(4413);
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.MESSAGE_BYTES);
    }
  }
}
