package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.gateway.tls.TlsFiles;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogLines;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.TestAuthority;
import dev.orderwire.testing.TestAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of the server's TLS: which can be used, their change, and the clients' certificates.
 */
class TlsFilesTest {
  private static final String NAMES = "dns:localhost,ip:127.0.0.1";

  @TempDir private static Path shared;
  private static TestAuthority authority;
  private static Issued first;
  private static Issued second;

  @TempDir private Path folder;
  private Path certificate;
  private Path key;

  @BeforeAll
  static void issue() {
    authority = new TestAuthority(shared, "gateway");
    first = authority.issue("first", NAMES);
    second = authority.issue("second", NAMES);
  }

  @BeforeEach
  void copy() throws IOException {
    certificate = folder.resolve("certificate.pem");
    key = folder.resolve("key.pem");
    replace(first.certificate(), certificate);
    replace(first.key(), key);
  }

  private static void replace(Path from, Path to) throws IOException {
    Path beside = to.resolveSibling("new");
    Files.copy(from, beside);
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private ServerTls load() {
    return new ServerTls(new TlsFiles(certificate, key, null), 0);
  }

  private static String presented(InetSocketAddress address, SSLContext client) {
    try (SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket("localhost", address.getPort())) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aNewCertificateServesNewConnectionsAndOpenOnesStay() throws Exception {
    try (LogLines log = new LogLines(ServerTls.class.getName());
        ServerTls tls = load();
        FeedGateway gateway = new FeedGateway(Map.of(), tls);
        RawSocket open =
            RawSocket.connect(gateway.address, 0, authority.trusted()).upgrade("/ws")) {
      assertThat(presented(gateway.address, authority.trusted())).isEqualTo("CN=first");

      replace(second.certificate(), certificate);
      Await.until("it says why", () -> log.all().size() == 1);
      assertThat(log.all().getFirst())
          .startsWith("WARN ")
          .contains("the key in %s is not that of".formatted(key));
      assertThat(presented(gateway.address, authority.trusted())).isEqualTo("CN=first");

      replace(second.key(), key);
      Await.until("it is read", () -> log.all().size() == 2);
      assertThat(log.all().getLast()).startsWith("INFO ").contains("CN=second");
      assertThat(presented(gateway.address, authority.trusted())).isEqualTo("CN=second");

      Files.delete(key);
      Await.until("it says why", () -> log.all().size() == 3);
      assertThat(log.all().getLast()).startsWith("WARN ").contains("there is no file " + key);
      assertThat(presented(gateway.address, authority.trusted())).isEqualTo("CN=second");

      open.sendFrame(0x81, "{\"type\":\"ping\",\"ref\":\"r\"}".getBytes(StandardCharsets.UTF_8));
      while (!open.readMessage().get("type").asString().equals("pong")) {
        // Other messages.
      }
    }
  }

  @Test
  void filesThatCannotBeUsedAreErrorsWithTheWayOut() throws Exception {
    Path missing = folder.resolve("missing.pem");
    assertUnusable(missing, key, "there is no file " + missing);
    assertUnusable(key, key, "has no certificate in PEM form");
    assertUnusable(certificate, certificate, "has no private key in PEM form");
    assertUnusable(certificate, second.key(), "is not that of the first certificate in");
    Path other = folder.resolve("other.pem");
    String text = Files.readString(key);
    Files.writeString(other, text.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
    assertUnusable(certificate, other, "is encrypted, and there is no setting for its password");
    Files.writeString(other, text.replace("PRIVATE KEY", "RSA PRIVATE KEY"));
    assertUnusable(certificate, other, "openssl pkcs8 -topk8");
    Files.writeString(other, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertUnusable(certificate, other, "has no RSA key");
  }

  private static void assertUnusable(Path certificate, Path key, String message) {
    assertThatThrownBy(() -> new ServerTls(new TlsFiles(certificate, key, null), 0))
        .isInstanceOf(OrderwireException.class)
        .hasMessageStartingWith("server.tls cannot be used: ")
        .hasMessageContaining(message);
  }

  @Test
  void anExpiredCertificateIsAWarning() {
    Issued expired = authority.issue("old", NAMES, "-startdate", "-10d", "-validity", "5");
    try (LogLines log = new LogLines(ServerTls.class.getName());
        ServerTls _ = new ServerTls(new TlsFiles(expired.certificate(), expired.key(), null), 0)) {
      assertThat(log.all()).singleElement().asString().startsWith("WARN ").contains("expired at");
    }
  }

  @Test
  void keysOfEllipticCurvesAreUsed() {
    Issued curve = authority.issue("curve", NAMES, "-keyalg", "EC", "-groupname", "secp256r1");
    try (ServerTls tls = new ServerTls(new TlsFiles(curve.certificate(), curve.key(), null), 0);
        FeedGateway gateway = new FeedGateway(Map.of(), tls)) {
      assertThat(presented(gateway.address, authority.trusted())).isEqualTo("CN=curve");
    }
  }

  @Test
  void clientsNeedACertificateOfTheAuthorityIfOneIsSet() {
    TestAuthority clients = new TestAuthority(shared, "clients");
    Issued known = clients.issue("client", "dns:client");
    Issued unknown = authority.issue("stranger", "dns:client");
    TlsFiles files = new TlsFiles(certificate, key, clients.certificate());
    try (ServerTls tls = new ServerTls(files, 0);
        FeedGateway gateway = new FeedGateway(Map.of(), tls)) {
      assertThat(request(gateway.address, authority.client(known))).startsWith("HTTP/1.1 200");
      for (SSLContext refused : List.of(authority.trusted(), authority.client(unknown))) {
        assertThatThrownBy(() -> request(gateway.address, refused))
            .isInstanceOf(UncheckedIOException.class);
      }
    }
  }

  private static String request(InetSocketAddress address, SSLContext client) {
    try (RawSocket socket = RawSocket.connect(address, 0, client)) {
      socket.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return socket.readToEnd();
    }
  }
}
