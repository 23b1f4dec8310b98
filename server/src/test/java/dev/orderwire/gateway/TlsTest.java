package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.gateway.tls.TlsFiles;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.TestAuthority;
import dev.orderwire.testing.WsClient;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(FailOnLeak.class)
class TlsTest {
  private static final String TEXT = "x".repeat(4_000);

  /** A record with a ClientHello of TLS 1.1, with one cipher suite that every old server had. */
  private static final String OLD_HELLO =
      "160301002d" + "010000290302" + "00".repeat(32) + "00" + "0002002f" + "0100";

  private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

  @TempDir private static Path folder;
  private static SSLContext trusted;
  private static TestAuthority.Issued issued;
  private static HttpClient http;
  private ServerTls tls;

  @BeforeAll
  static void issue() {
    TestAuthority authority = new TestAuthority(folder, "gateway");
    issued = authority.issue("gateway", "dns:localhost,ip:127.0.0.1");
    trusted = authority.trusted();
    http = HttpClient.newBuilder().sslContext(trusted).build();
  }

  @BeforeEach
  void load() {
    tls = new ServerTls(new TlsFiles(issued.certificate(), issued.key(), null), 1_000);
  }

  @AfterEach
  void close() {
    tls.close();
  }

  @AfterAll
  static void closeClient() {
    http.close();
  }

  private static URI uri(FeedGateway gateway, String scheme, String path) {
    return URI.create("%s://localhost:%d%s".formatted(scheme, gateway.address.getPort(), path));
  }

  @Test
  void webSocketsEventsAndHttpAreEncrypted() throws Exception {
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls);
        WsClient socket = WsClient.connect(http, uri(gateway, "wss", "/ws"));
        SseClient events = SseClient.connect(http, uri(gateway, "https", "/events"))) {
      socket.await("subscribed");
      events.await("subscribed");
      gateway.append(insert(101, order(1, "Ann", "pending")));
      gateway.append(insert(102, order(2, "Bob", "pending")));
      assertThat(socket.nextChange().get("id").longValue()).isEqualTo(101);
      assertThat(socket.nextChange().get("id").longValue()).isEqualTo(102);
      String received = "";
      while (!received.contains("Bob")) {
        received += events.await("changes").data();
      }
      assertThat(received).contains("Ann");
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri(gateway, "https", "/api/tables")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("strict-transport-security")).hasValue("max-age=1000");
      assertThat(events.header("strict-transport-security")).isEqualTo("max-age=1000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bothVersionsAreSpoken(String version) throws Exception {
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls);
        SSLSocket socket =
            (SSLSocket)
                trusted.getSocketFactory().createSocket("localhost", gateway.address.getPort())) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      assertThat(socket.getSession().getCipherSuite()).contains("_GCM_");
    }
  }

  @Test
  void olderVersionsAreRefused() throws Exception {
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls);
        RawSocket client = RawSocket.connect(gateway.address)) {
      client.send(HexFormat.of().parseHex(OLD_HELLO));
      // A fatal alert: protocol_version.
      assertThat(client.readToEnd().getBytes(StandardCharsets.ISO_8859_1))
          .startsWith(0x15, 0x03)
          .endsWith(0x02, 70);
    }
  }

  /** Small messages and large ones of a view, of which two event loops send the same bytes. */
  @Test
  void manyClientsGetTheSameMessagesUndamaged() {
    List<RawSocket> clients = new ArrayList<>();
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls)) {
      for (int i = 0; i < 12; i++) {
        RawSocket client = RawSocket.connect(gateway.address, 0, trusted);
        clients.add(i % 3 == 0 ? client.upgrade("/ws", DEFLATE) : client.upgrade("/ws"));
        assertThat(client.readMessage().get("type").asString()).isEqualTo("welcome");
        assertThat(client.readMessage().get("type").asString()).isEqualTo("subscribed");
      }
      gateway.awaitFollowing();
      for (int i = 0; i < 600; i++) {
        gateway.append(insert(101 + i, order(i, i % 7 == 0 ? TEXT : "Ann", "pending")));
      }
      for (RawSocket client : clients) {
        expect(client, 101, 700);
      }
      clients.forEach(RawSocket::close);
    }
  }

  /** Reads changes with these ids, in order. */
  private static void expect(RawSocket client, long first, long last) {
    long expected = first;
    while (expected <= last) {
      JsonNode message = client.readMessage();
      if (message.get("type").asString().equals("changes")) {
        for (JsonNode change : message.get("changes")) {
          assertThat(change.get("id").longValue()).isEqualTo(expected++);
        }
      }
    }
  }

  /** Two views on one connection: their messages are queued, then sent together. */
  @Test
  void severalViewsOfAConnectionGetTheirMessages() {
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls);
        RawSocket client =
            RawSocket.connect(gateway.address, 0, trusted)
                .upgrade("/ws", "Sec-WebSocket-Protocol: orderwire.v1")) {
      for (String columns : List.of("[\"id\"]", "[\"id\",\"customer\"]")) {
        client.sendFrame(
            0x81,
            "{\"type\":\"subscribe\",\"columns\":%s}"
                .formatted(columns)
                .getBytes(StandardCharsets.UTF_8));
      }
      Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 2);
      for (int i = 0; i < 200; i++) {
        gateway.append(insert(101 + i, order(i, TEXT, "pending")));
      }
      int received = 0;
      while (received < 400) {
        JsonNode message = client.readMessage();
        if (message.get("type").asString().equals("changes")) {
          received += message.get("changes").size();
        }
      }
      assertThat(received).isEqualTo(400);
    }
  }

  /** What it has not read is not encrypted, and not even encoded. */
  @Test
  void nothingIsQueuedForASlowReaderAndItGetsEverythingOnce() {
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls);
        RawSocket slow = RawSocket.connect(gateway.address, 4_096, trusted).upgrade("/ws")) {
      Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
      for (int i = 0; i < 4_000; i++) {
        gateway.append(insert(101 + i, order(i, TEXT, "pending")));
      }
      gateway.awaitFollowing();
      assertThat(gateway.traffic.bytes.get()).isLessThan(1_500_000);
      expect(slow, 101, 4_100);
    }
  }

  /** Clients that do not read share the rest of a message, as they do without TLS. */
  @Test
  void aLargeMessageIsEncryptedAsItIsRead() {
    List<RawSocket> clients = new ArrayList<>();
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls)) {
      for (int i = 0; i < 20; i++) {
        clients.add(RawSocket.connect(gateway.address, 4_096, trusted).upgrade("/ws"));
      }
      Await.until("all are subscribed", () -> gateway.traffic.subscriptions.get() == 20);
      gateway.awaitFollowing();
      Change[] moment = new Change[250];
      for (int i = 0; i < moment.length; i++) {
        moment[i] = insert(101 + i, order(i, TEXT, "pending"));
      }
      long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
      gateway.append(moment);
      gateway.awaitFollowing();
      // A million bytes, once, and for each client what is encrypted ahead.
      assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before)
          .isLessThan(10_000_000);
      for (RawSocket client : clients) {
        expect(client, 101, 350);
        client.close();
      }
    }
  }

  @Test
  void largeAnswersArriveInFull() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of(), FeedGateway.SPOOLS, tls);
        RawSocket client = RawSocket.connect(gateway.address, 4_096, trusted)) {
      for (int i = 0; i < 10; i++) {
        gateway.insert(90, TEXT, "pending");
      }
      client.send("GET /api/tables/orders/rows HTTP/1.1\r\nHost: localhost\r\n\r\n");
      String answer = client.readAnswer();
      String body = answer.substring(answer.indexOf("\r\n\r\n"));
      assertThat(new JsonMapper().readTree(body).get("rows").size()).isEqualTo(900);
    }
  }

  @Test
  void aBigSnapshotArrivesInFullAtASlowReader() throws Exception {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of(), FeedGateway.SPOOLS, tls);
        RawSocket slow = RawSocket.connect(gateway.address, 4_096, trusted)) {
      for (int i = 0; i < 20; i++) {
        gateway.insert(100, TEXT, "pending");
      }
      slow.upgrade("/ws?snapshot=true");
      int rows = 0;
      boolean done = false;
      while (!done) {
        JsonNode message = slow.readMessage();
        if (message.get("type").asString().equals("snapshot")) {
          rows += message.get("rows").size();
          done = message.path("done").asBoolean();
          Thread.sleep(5);
        }
      }
      assertThat(rows).isEqualTo(2_000);
      gateway.insert(1);
      assertThat(slow.readMessage().get("type").asString()).isEqualTo("changes");
    }
  }

  /** Keeps what it receives. */
  private static final class Tapped extends Socket {
    final ByteArrayOutputStream received = new ByteArrayOutputStream();

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          int count = super.read(bytes, from, length);
          received.write(bytes, from, Math.max(0, count));
          return count;
        }
      };
    }
  }

  /** The JDK's client does not tell whether the end of TLS was announced; the bytes do. */
  @Test
  void aConnectionEndsInOrder() throws Exception {
    String upgrade =
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    // A close frame, masked with zeros.
    byte[] closeFrame = HexFormat.of().parseHex("88820000000003e8");
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls)) {
      assertEndsInOrder(
          gateway,
          "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
      assertEndsInOrder(gateway, upgrade.getBytes(UTF_8), closeFrame);
      Await.until("they are gone", () -> gateway.traffic.connections.get() == 0);
    }
  }

  private static void assertEndsInOrder(FeedGateway gateway, byte[]... sent) throws IOException {
    try (Tapped tapped = new Tapped()) {
      tapped.connect(gateway.address);
      tapped.setSoTimeout((int) Await.LONGEST.toMillis());
      SSLSocket socket =
          (SSLSocket)
              trusted
                  .getSocketFactory()
                  .createSocket(tapped, "localhost", gateway.address.getPort(), true);
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      for (byte[] each : sent) {
        socket.getOutputStream().write(each);
      }
      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
      byte[] received = tapped.received.toByteArray();
      // An alert: 8 bytes of nonce, 2 encrypted ones, 16 that authenticate them.
      assertThat(Arrays.copyOfRange(received, received.length - 31, received.length))
          .startsWith(0x15, 3, 3, 0, 26);
    }
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsClosed() {
    Map<Limit, Long> limits = Map.of(Limit.UNREAD_BYTES, 100_000L);
    try (FeedGateway gateway = new FeedGateway(limits, tls);
        RawSocket slow = RawSocket.connect(gateway.address, 4_096, trusted).upgrade("/ws")) {
      byte[] ping =
          ("{\"type\":\"ping\",\"ref\":\"" + TEXT + "\"}").getBytes(StandardCharsets.UTF_8);
      while (gateway.traffic.closes.isEmpty()) {
        slow.sendFrame(0x81, ping);
      }
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.TOO_SLOW);
      assertThat(slow.awaitEnd()).isTrue();
      Await.until("it is gone", () -> gateway.traffic.connections.get() == 0);
    }
  }

  @Test
  void aClientWithoutTlsIsToldToUseIt() {
    try (FeedGateway gateway = new FeedGateway(Map.of(), tls);
        RawSocket plain = RawSocket.connect(gateway.address);
        RawSocket other = RawSocket.connect(gateway.address)) {
      plain.send("GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(plain.readToEnd())
          .startsWith("HTTP/1.1 400 Bad Request\r\n")
          .contains("use https:// or wss://")
          .doesNotContain("101");
      other.send("\0\0\0\0\0\0\0\0");
      assertThat(other.readToEnd()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "16", "160301002d01"})
  void aHandshakeThatDoesNotEndIsClosed(String begin) {
    Map<Limit, Long> limits = Map.of(Limit.HANDSHAKE_SECONDS, 1L);
    try (FeedGateway gateway = new FeedGateway(limits, tls);
        RawSocket client = RawSocket.connect(gateway.address)) {
      client.send(HexFormat.of().parseHex(begin));
      long began = System.nanoTime();
      assertThat(client.awaitEnd()).isTrue();
      assertThat(System.nanoTime() - began).isLessThan(20_000_000_000L);
    }
  }

  @Test
  void aTlsConnectionWithoutARequestIsClosed() throws Exception {
    Map<Limit, Long> limits = Map.of(Limit.HANDSHAKE_SECONDS, 1L);
    try (FeedGateway gateway = new FeedGateway(limits, tls);
        SSLSocket socket =
            (SSLSocket)
                trusted.getSocketFactory().createSocket("localhost", gateway.address.getPort())) {
      socket.setSoTimeout((int) Await.LONGEST.toMillis());
      socket.startHandshake();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}
