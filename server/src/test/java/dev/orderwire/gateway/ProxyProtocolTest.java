package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The PROXY protocol. The proxy is 127.0.0.1; what comes from 127.0.0.2 comes from somebody else.
 * That an address has one connection only shows by which address a client is counted.
 */
@ExtendWith(FailOnLeak.class)
class ProxyProtocolTest {
  private static final String DIRECT =
      "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade"
          + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

  private static FeedGateway behindProxyProtocol() {
    return behindProxyProtocol(Map.of(Limit.ADDRESS_CONNECTIONS, 1L));
  }

  private static FeedGateway behindProxyProtocol(Map<Limit, Long> limits) {
    return new FeedGateway(
        FeedGateway.options(
            limits, new Proxies(List.of("127.0.0.1"), Proxies.Header.X_FORWARDED_FOR, true)),
        1_000);
  }

  private static byte[] v1(String address) {
    return "PROXY %s 4711 8000\r\n"
        .formatted(
            address.contains(":")
                ? "TCP6 " + address + " 2001:db8::1"
                : "TCP4 " + address + " 192.0.2.1")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] v2(int command, int family, String rest) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    byte[] addresses = HexFormat.of().parseHex(rest);
    header.writeBytes(SIGNATURE);
    header.write(0x20 | command);
    header.write(family);
    header.write(addresses.length >> 8);
    header.write(addresses.length);
    header.writeBytes(addresses);
    return header.toByteArray();
  }

  /** The client 198.51.100.N by IPv4. */
  private static byte[] v2(int lastByte) {
    return v2(1, 0x11, "c63364%02xc0000201".formatted(lastByte) + "12671f40");
  }

  private static RawSocket client(FeedGateway gateway, byte[]... begin) {
    RawSocket socket = RawSocket.connect(gateway.address);
    for (byte[] part : begin) {
      socket.send(part);
    }
    return socket;
  }

  static Stream<byte[]> headers() {
    return Stream.of(
        v1("198.51.100.1"),
        v1("2a00:1::5"),
        v2(1),
        v2(1, 0x21, "2a000001000000000000000000000005" + "00".repeat(16) + "12671f40"),
        // With a field that the server does not know (type 0xe0).
        v2(1, 0x11, "c6336401c0000201" + "12671f40" + "e00003616263"));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void aHeaderOfTheProxyProtocolNamesTheClient(byte[] header) {
    try (FeedGateway gateway = behindProxyProtocol();
        RawSocket _ = client(gateway, header).upgradeBy(DIRECT);
        RawSocket second = client(gateway, header);
        RawSocket other = client(gateway, v2(77))) {
      second.send(DIRECT);
      assertThat(second.readAnswer()).startsWith("HTTP/1.1 429");
      other.upgradeBy(DIRECT);
    }
  }

  @Test
  void aHeaderMayComeInPiecesAndTogetherWithTheRequest() {
    try (FeedGateway gateway = behindProxyProtocol();
        RawSocket socket = RawSocket.connect(gateway.address)) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(v2(1));
      all.writeBytes(DIRECT.getBytes(StandardCharsets.US_ASCII));
      for (byte each : all.toByteArray()) {
        socket.send(new byte[] {each});
      }
      assertThat(socket.readHead()).startsWith("HTTP/1.1 101");
      try (RawSocket atOnce = client(gateway, v2(2))) {
        atOnce.upgradeBy(DIRECT);
      }
    }
  }

  /** The proxy checks whether the server is there. */
  @Test
  void aProxyMaySpeakForItself() {
    List<byte[]> headers =
        List.of(
            v2(0, 0x00, ""),
            v2(0, 0x11, "c6336401c000020112671f40"),
            "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII));
    try (FeedGateway gateway = behindProxyProtocol()) {
      for (byte[] header : headers) {
        for (int i = 0; i < 3; i++) {
          try (RawSocket socket = client(gateway, header)) {
            socket.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(socket.readAnswer()).startsWith("HTTP/1.1 200");
          }
        }
      }
    }
  }

  static Stream<byte[]> notHeaders() {
    Stream<byte[]> texts =
        Stream.of(
                "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PROXY TCP4 198.51.100.1\r\n",
                "PROXY TCP4 198.51.100.1 192.0.2.1 4711 99999\r\n",
                "PROXY TCP4 999.51.100.1 192.0.2.1 4711 8000\r\n",
                "PROXY TCP4 localhost 192.0.2.1 4711 8000\r\n",
                "PROXY TCP6 198.51.100.1 192.0.2.1 4711 8000\r\n",
                "PROXY UDP4 198.51.100.1 192.0.2.1 4711 8000\r\n",
                "proxy TCP4 198.51.100.1 192.0.2.1 4711 8000\r\n",
                "PROXY TCP4 198.51.100.1 192.0.2.1 4711 8000" + " ".repeat(200))
            .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    // Another version, another command, too short, an extra field that is not all there.
    Stream<byte[]> binary =
        Stream.of(
            versioned(0x31),
            versioned(0x2f),
            v2(1, 0x11, "c6336401c0000201"),
            v2(1, 0x11, "c6336401c0000201" + "12671f40" + "e0ffff61"));
    return Stream.concat(texts, binary);
  }

  private static byte[] versioned(int versionAndCommand) {
    byte[] header = v2(1);
    header[12] = (byte) versionAndCommand;
    return header;
  }

  @ParameterizedTest
  @MethodSource("notHeaders")
  void aConnectionOfAProxyThatBeginsOtherwiseIsClosed(byte[] begin) {
    try (FeedGateway gateway = behindProxyProtocol();
        RawSocket socket = client(gateway, begin)) {
      // What the decoder waits for, if it waits for more.
      socket.send("\r\n");
      assertThat(socket.awaitEnd()).isTrue();
      Await.until("it is counted", () -> gateway.traffic.refusals.contains("bad_request"));
      try (RawSocket good = client(gateway, v2(1))) {
        good.upgradeBy(DIRECT);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12, 15, 20})
  void aHeaderThatDoesNotEndIsClosed(int bytes) {
    try (FeedGateway gateway = behindProxyProtocol(Map.of(Limit.HANDSHAKE_SECONDS, 1L));
        RawSocket socket = client(gateway, Arrays.copyOf(v2(1), bytes))) {
      assertThat(socket.awaitEnd()).isTrue();
      assertThat(gateway.traffic.refusals).containsExactly("bad_request");
    }
  }

  @Test
  void aHeaderOfSomebodyElseClosesTheConnection() {
    try (FeedGateway gateway = behindProxyProtocol()) {
      for (byte[] header : List.of(v1("198.51.100.1"), v2(1))) {
        try (RawSocket socket = RawSocket.connectFrom("127.0.0.2", gateway.address)) {
          socket.send(header);
          socket.send(DIRECT);
          assertThat(socket.readHead()).startsWith("HTTP/1.1 400");
          assertThat(socket.awaitEnd()).isTrue();
        }
      }
      try (RawSocket direct = RawSocket.connectFrom("127.0.0.2", gateway.address)) {
        direct.upgradeBy(DIRECT);
      }
    }
  }

  /** The client of a load balancer without HTTP writes what it likes. */
  @Test
  void theHeadersOfAClientByTheProxyProtocolAreIgnored() {
    try (FeedGateway gateway = behindProxyProtocol();
        RawSocket _ =
            client(gateway, v2(1))
                .upgradeBy(DIRECT.replace("Host", "X-Forwarded-For: 1.1.1.1\r\nHost"));
        RawSocket second = client(gateway, v2(1))) {
      second.send(DIRECT.replace("Host", "X-Forwarded-For: 2.2.2.2\r\nHost"));
      assertThat(second.readAnswer()).startsWith("HTTP/1.1 429");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
  void clientsOfARealHaproxyAreCountedByTheirOwnAddresses(String option, @TempDir Path folder)
      throws IOException, InterruptedException {
    Path haproxy = Path.of("/usr/sbin/haproxy");
    assumeThat(Files.isExecutable(haproxy))
        .as("HAProxy is installed: apt-get install haproxy")
        .isTrue();
    try (FeedGateway gateway = behindProxyProtocol()) {
      int port = freePort();
      Path settings = folder.resolve("haproxy.cfg");
      Files.writeString(
          settings,
          """
          defaults
            mode tcp
            timeout connect 10s
            timeout client 60s
            timeout server 60s
          listen orderwire
            bind 127.0.0.1:%d
            server gateway 127.0.0.1:%d %s
          """
              .formatted(port, gateway.address.getPort(), option));
      Process process =
          new ProcessBuilder(haproxy.toString(), "-db", "-f", settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      try {
        InetSocketAddress proxy = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Await.until("HAProxy listens", () -> isOpen(proxy));
        try (RawSocket _ = RawSocket.connectFrom("127.0.0.5", proxy).upgradeBy(DIRECT);
            RawSocket second = RawSocket.connectFrom("127.0.0.5", proxy);
            RawSocket other = RawSocket.connectFrom("127.0.0.6", proxy)) {
          second.send(DIRECT);
          assertThat(second.readAnswer()).startsWith("HTTP/1.1 429");
          other.upgradeBy(DIRECT);
        }
        try (WsClient client = WsClient.connect(URI.create("ws://127.0.0.1:" + port + "/ws"))) {
          client.await("subscribed");
        }
      } finally {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private static boolean isOpen(InetSocketAddress address) {
    try (RawSocket _ = RawSocket.connect(address)) {
      return true;
    } catch (UncheckedIOException _) {
      return false;
    }
  }
}
