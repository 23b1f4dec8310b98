package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Algorithm;
import dev.orderwire.auth.ApiKey;
import dev.orderwire.auth.AuthOptions;
import dev.orderwire.auth.Credentials;
import dev.orderwire.auth.Forge;
import dev.orderwire.auth.JwksHost;
import dev.orderwire.auth.JwtOptions;
import dev.orderwire.auth.Keys;
import dev.orderwire.auth.SetClock;
import dev.orderwire.auth.VerificationKey;
import dev.orderwire.auth.policy.ClaimPath;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.gateway.tls.TlsFiles;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogLines;
import dev.orderwire.testing.TestAuthority;
import dev.orderwire.testing.TestAuthority.Issued;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A certificate and keys are replaced while clients are connected and changes arrive. */
@ExtendWith(FailOnLeak.class)
class RotationTest {
  private static final String NAMES = "dns:localhost,ip:127.0.0.1";

  @TempDir private Path folder;
  private final JwksHost issuer = new JwksHost();
  private final SetClock clock = new SetClock();
  private final ApiKey.Made oldKey = ApiKey.make();
  private final ApiKey.Made newKey = ApiKey.make();
  private final List<WsClient> clients = new ArrayList<>();

  @AfterEach
  void close() {
    clients.forEach(WsClient::close);
    issuer.close();
  }

  /** Both API keys are configured while one takes the place of the other. */
  private Admission admission() {
    VerificationKey key = VerificationKey.jwks(issuer.address());
    JwtOptions tokens =
        new JwtOptions(
            key,
            Optional.empty(),
            List.of(),
            Algorithm.allowed(List.of(), key),
            Duration.ofSeconds(30));
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(
            JsonMapper.shared().readTree("{\"orders\": {\"staff\": {\"rows\": \"all\"}}}"),
            new Seal(new byte[32]),
            problems);
    assertThat(problems).isEmpty();
    return Admission.by(
        Credentials.of(
            new AuthOptions(
                Optional.of(tokens),
                ClaimPath.parse("claims.role"),
                List.of(
                    new ApiKey("old", oldKey.hash(), List.of("staff"), Map.of()),
                    new ApiKey("new", newKey.hash(), List.of("staff"), Map.of()))),
            clock),
        policies);
  }

  private static String token(KeyPair pair, String name) {
    return Forge.signed(
        "ES256",
        pair.getPrivate(),
        "{'alg':'ES256','kid':'%s'}".formatted(name),
        "{'sub':'7','role':'staff','exp':1900000000}");
  }

  private static void replace(Path from, Path to) throws IOException {
    Path beside = to.resolveSibling("new");
    Files.copy(from, beside);
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private static WsClient open(HttpClient http, FeedGateway gateway, String credential) {
    return WsClient.connect(
        http,
        URI.create(
            "wss://localhost:%d/ws?token=%s".formatted(gateway.address.getPort(), credential)));
  }

  private void connect(HttpClient http, FeedGateway gateway, String credential) {
    WsClient client = open(http, gateway, credential);
    clients.add(client);
    client.await("subscribed");
  }

  @Test
  void aCertificateAJwksKeyAndAnApiKeyAreReplacedAndNoConnectionIsLost() throws Exception {
    TestAuthority authority = new TestAuthority(folder, "gateway");
    Issued first = authority.issue("first", NAMES);
    Issued second = authority.issue("second", NAMES);
    Path certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    replace(first.certificate(), certificate);
    replace(first.key(), key);
    KeyPair before = Keys.P256;
    KeyPair after = Keys.otherP256();
    issuer.serve(Keys.jwk(before, "'kid':'before'"));
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong written = new AtomicLong(100);
    try (LogLines log = new LogLines(ServerTls.class.getName());
        ServerTls tls = new ServerTls(new TlsFiles(certificate, key, null), 0);
        FeedGateway gateway = new FeedGateway(admission(), tls)) {
      HttpClient http = HttpClient.newBuilder().sslContext(authority.trusted()).build();
      for (int i = 0; i < 3; i++) {
        connect(http, gateway, token(before, "before"));
        connect(http, gateway, oldKey.text());
      }
      Thread writer = Thread.ofPlatform().start(() -> write(gateway, written, done));
      awaitMore(written);

      replace(second.key(), key);
      replace(second.certificate(), certificate);
      Await.until(
          "the certificate is read", () -> log.all().stream().anyMatch(this::isNewCertificate));
      clock.advance(Duration.ofMinutes(5));
      issuer.serve(Keys.jwk(after, "'kid':'after'"));
      awaitMore(written);
      connect(http, gateway, token(after, "after"));
      connect(http, gateway, newKey.text());
      // Until then, the issuer may only not have published the key yet.
      clock.advance(Duration.ofSeconds(10));
      try (WsClient late = open(http, gateway, token(before, "before"))) {
        assertThat(late.closeCode()).isEqualTo(4401);
      }
      awaitMore(written);
      done.set(true);
      writer.join();

      for (WsClient client : clients) {
        List<Long> received = new ArrayList<>();
        while (received.isEmpty() || received.getLast() < written.get()) {
          JsonNode change = client.nextChange();
          received.add(change.get("id").longValue());
        }
        assertThat(received)
            .containsExactlyElementsOf(
                LongStream.rangeClosed(received.getFirst(), written.get()).boxed().toList());
      }
      assertThat(clients).hasSize(8);
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.NOT_AUTHENTICATED);
      Await.until("only the refused one is gone", () -> gateway.traffic.connections.get() == 8);
    }
  }

  private boolean isNewCertificate(String line) {
    return line.startsWith("INFO ") && line.contains("CN=second");
  }

  private static void awaitMore(AtomicLong written) {
    long from = written.get();
    Await.until("more changes are written", () -> written.get() > from + 20);
  }

  private static void write(FeedGateway gateway, AtomicLong written, AtomicBoolean done) {
    while (!done.get()) {
      long id = written.get() + 1;
      gateway.append(insert(id, order(id, "Ann", "pending")));
      written.set(id);
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
