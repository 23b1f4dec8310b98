package dev.orderwire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orderwire.auth.policy.ClaimPath;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class JwksTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final JwksHost host = new JwksHost();
  private final SetClock clock = new SetClock();
  private final Authenticator authenticator = by(host.address());

  private Authenticator by(String address) {
    VerificationKey key = VerificationKey.jwks(address);
    JwtOptions options =
        new JwtOptions(
            key,
            Optional.empty(),
            List.of(),
            Algorithm.allowed(List.of(), key),
            Duration.ofSeconds(30));
    return Credentials.of(
        new AuthOptions(Optional.of(options), ClaimPath.parse("claims.role"), List.of()), clock);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void keysAreReadOnceAndKept() {
    host.serve(
        Keys.jwk(Keys.RSA, "'kid':'r','use':'sig','alg':'RS256'"),
        Keys.jwk(Keys.P521, "'kid':'e','key_ops':['verify']"),
        Keys.jwk(Keys.ED25519, "'kid':'d'"));

    assertThat(host.requests()).isZero();
    assertAccepted("RS256", Keys.RSA, "r");
    assertAccepted("ES512", Keys.P521, "e");
    assertAccepted("EdDSA", Keys.ED25519, "d");
    assertAccepted("ES512", Keys.P521, "");
    assertThat(host.requests()).isOne();
  }

  @Test
  void aNewKeyIsAcceptedAndAWithdrawnOneEnds() {
    host.serve(Keys.jwk(Keys.RSA, "'kid':'old'"));
    assertAccepted("RS256", Keys.RSA, "old");

    clock.advance(JwksKeys.PAUSE);
    host.serve(Keys.jwk(Keys.RSA, "'kid':'old'"), Keys.jwk(Keys.P256, "'kid':'new'"));
    assertAccepted("ES256", Keys.P256, "new");
    assertAccepted("RS256", Keys.RSA, "old");
    assertThat(host.requests()).isEqualTo(2);

    host.serve(Keys.jwk(Keys.P256, "'kid':'new'"));
    clock.advance(JwksKeys.FRESH.minus(SECOND));
    assertAccepted("RS256", Keys.RSA, "old");
    clock.advance(SECOND);
    assertRefused(ErrorCode.NOT_AUTHENTICATED, "RS256", Keys.RSA, "old");
    assertAccepted("ES256", Keys.P256, "new");
    assertThat(host.requests()).isEqualTo(3);
  }

  @Test
  void anotherKeyOfTheSameNameReplacesTheOldOne() {
    host.serve(Keys.jwk(Keys.RSA, "'kid':'a'"));
    assertAccepted("RS256", Keys.RSA, "a");

    host.serve(Keys.jwk(Keys.OTHER_RSA, "'kid':'a'"));
    clock.advance(JwksKeys.FRESH);
    assertAccepted("RS256", Keys.OTHER_RSA, "a");
    assertRefused(ErrorCode.NOT_AUTHENTICATED, "RS256", Keys.RSA, "a");
  }

  @Test
  void anEmptySetWithdrawsAllKeys() {
    host.serve(Keys.jwk(Keys.RSA, "'kid':'a'"));
    assertAccepted("RS256", Keys.RSA, "a");

    host.serve();
    clock.advance(JwksKeys.FRESH);
    assertRefused(ErrorCode.NOT_AUTHENTICATED, "RS256", Keys.RSA, "a");
  }

  @Test
  void unknownKeysCauseFewRequests() {
    host.serve(Keys.jwk(Keys.RSA, "'kid':'a'"));
    assertRefused(ErrorCode.NOT_AUTHENTICATED, "RS256", Keys.OTHER_RSA, "x");
    for (int i = 0; i < 100; i++) {
      assertRefused(ErrorCode.IDENTITY_UNAVAILABLE, "ES256", Keys.P256, "../" + i);
    }
    assertThat(host.requests()).isOne();
    assertAccepted("RS256", Keys.RSA, "a");

    clock.advance(JwksKeys.PAUSE);
    assertRefused(ErrorCode.NOT_AUTHENTICATED, "ES256", Keys.P256, "y");
    assertThat(host.requests()).isEqualTo(2);
  }

  @Test
  void manyClientsAtOnceCauseOneRequest() throws Exception {
    host.serve(Keys.jwk(Keys.P256, "'kid':'a'"));
    String token = token("ES256", Keys.P256, "a");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Identity>> clients = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        clients.add(() -> authenticator.authenticate(token));
      }
      for (Future<Identity> each : threads.invokeAll(clients)) {
        assertThat(each.get().name()).isEqualTo("7");
      }
    }
    assertThat(host.requests()).isOne();
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        failure("an error", JwksHost.text(500, "")),
        failure(
            "an error with keys", JwksHost.text(500, Keys.jwks(Keys.jwk(Keys.RSA, "'kid':'x'")))),
        failure("nothing there", JwksHost.text(404, "not found")),
        failure("an empty answer", JwksHost.text(200, "")),
        failure("no JSON", JwksHost.text(200, "<html>sign in</html>")),
        failure("cut JSON", JwksHost.text(200, "{\"keys\":[")),
        failure("a list", JwksHost.text(200, "[]")),
        failure("null", JwksHost.text(200, "null")),
        failure("no keys", JwksHost.text(200, "{}")),
        failure("keys that are a text", JwksHost.text(200, "{\"keys\":\"\"}")),
        failure("keys twice", JwksHost.text(200, "{\"keys\":[],\"keys\":[]}")),
        failure("many keys", JwksHost.text(200, Keys.jwks("{}" + ",{}".repeat(100)))),
        failure("deep nesting", JwksHost.text(200, "[".repeat(100_000))),
        failure("a huge answer", JwksHost.text(200, " ".repeat(300_000) + Keys.jwks())),
        failure("an endless answer", JwksHost.endless()),
        failure(
            "a redirect to keys",
            exchange -> {
              if (exchange.getRequestURI().getPath().equals("/elsewhere")) {
                JwksHost.text(200, Keys.jwks(Keys.jwk(Keys.RSA, "'kid':'x'"))).to(exchange);
              } else {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                JwksHost.text(302, "").to(exchange);
              }
            }),
        failure(
            "a lost connection",
            _ -> {
              throw new IllegalStateException("closed without an answer");
            }));
  }

  private static Arguments failure(String what, JwksHost.Answer answer) {
    return Arguments.of(what, answer);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void aFailingServerOpensNoDoorAndKnownKeysServeOn(String what, JwksHost.Answer answer) {
    host.serve(Keys.jwk(Keys.P256, "'kid':'a'"));
    assertAccepted("ES256", Keys.P256, "a");

    host.answer(answer);
    clock.advance(JwksKeys.USABLE.minus(SECOND));
    assertAccepted("ES256", Keys.P256, "a");
    assertThat(host.requests()).isGreaterThan(1);
    clock.advance(SECOND);
    assertRefused(ErrorCode.IDENTITY_UNAVAILABLE, "ES256", Keys.P256, "a");
    assertRefused(ErrorCode.IDENTITY_UNAVAILABLE, "RS256", Keys.RSA, "x");

    host.serve(Keys.jwk(Keys.P256, "'kid':'a'"));
    clock.advance(JwksKeys.PAUSE);
    assertAccepted("ES256", Keys.P256, "a");
  }

  @Test
  void aSlowServerHoldsNobodyForLong() {
    host.answer(JwksHost.slow());
    long start = System.nanoTime();
    assertRefused(ErrorCode.IDENTITY_UNAVAILABLE, "ES256", Keys.P256, "a");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(JwksServer.TIMEOUT.minus(SECOND), JwksServer.TIMEOUT.multipliedBy(4));

    start = System.nanoTime();
    assertRefused(ErrorCode.IDENTITY_UNAVAILABLE, "ES256", Keys.P256, "a");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isLessThan(JwksServer.TIMEOUT.dividedBy(2));
  }

  @Test
  void aServerThatIsNotThereIsAnOutage() {
    Authenticator nobody = by("http://127.0.0.1:1/jwks");

    assertThat(refusal(nobody, token("RS256", Keys.RSA, "a")))
        .isEqualTo(ErrorCode.IDENTITY_UNAVAILABLE);
  }

  @Test
  void anInterruptedClientDoesNotKeepTheKeysFromOthers() {
    host.serve(Keys.jwk(Keys.P256, "'kid':'a'"));
    Thread.currentThread().interrupt();

    assertAccepted("ES256", Keys.P256, "a");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aClockThatIsSetBackProlongsNothing() {
    host.serve(Keys.jwk(Keys.P256, "'kid':'a'"));
    assertAccepted("ES256", Keys.P256, "a");

    clock.advance(Duration.ofHours(-3));
    host.serve();
    assertRefused(ErrorCode.NOT_AUTHENTICATED, "ES256", Keys.P256, "a");
  }

  static Stream<Arguments> uselessKeys() {
    String secret = Keys.base64("s".repeat(64).getBytes(StandardCharsets.UTF_8));
    return Stream.of(
        useless("for encryption", Keys.jwk(Keys.RSA, "'kid':'a','use':'enc'")),
        useless("for signing only", Keys.jwk(Keys.RSA, "'kid':'a','key_ops':['sign']")),
        useless("of another algorithm", Keys.jwk(Keys.RSA, "'kid':'a','alg':'PS256'")),
        useless("of an unknown algorithm", Keys.jwk(Keys.RSA, "'kid':'a','alg':'RSA-OAEP'")),
        useless("of another name", Keys.jwk(Keys.RSA, "'kid':'b'")),
        useless("without a name", Keys.jwk(Keys.RSA, "")),
        useless("of another kind", Keys.jwk(Keys.P256, "'kid':'a'")),
        useless("without its number", "{\"kty\":\"RSA\",\"kid\":\"a\",\"e\":\"AQAB\"}"),
        useless("of an unknown kind", "{\"kty\":\"XYZ\",\"kid\":\"a\"}"),
        useless("a secret", "{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"%s\"}".formatted(secret)),
        useless(
            "on no curve",
            Keys.jwk(Keys.P256, "'kid':'a'").replaceFirst("\"y\":\"....", "\"y\":\"AAAA")),
        useless("of wrong types", "{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":1,\"e\":[]}"),
        useless(
            "of contradicting use",
            Keys.jwk(Keys.RSA, "'kid':'a','use':'sig','key_ops':['encrypt']")),
        useless("with a broken chain", Keys.jwk(Keys.RSA, "'kid':'a','x5c':[1,{}]")),
        useless("a text", "\"a\""),
        useless("null", "null"));
  }

  private static Arguments useless(String what, String key) {
    return Arguments.of(what, key);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("uselessKeys")
  void aUselessKeyIsSkippedAndTheOthersCount(String what, String key) {
    host.serve(key, Keys.jwk(Keys.P384, "'kid':'good'"));

    assertRefused(ErrorCode.NOT_AUTHENTICATED, "RS256", Keys.RSA, "a");
    assertAccepted("ES384", Keys.P384, "good");
  }

  @Test
  void aWeakKeyIsSkipped() {
    KeyPair weak = Keys.rsa(1024);
    host.serve(Keys.jwk(weak, "'kid':'a'"));

    assertRefused(ErrorCode.NOT_AUTHENTICATED, "RS256", weak, "a");
  }

  @Test
  void aPublishedSecretSignsNothing() {
    byte[] secret = "s".repeat(64).getBytes(StandardCharsets.UTF_8);
    host.serve("{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"%s\"}".formatted(Keys.base64(secret)));
    String token =
        Forge.hmac("256", secret, "{'alg':'HS256','kid':'a'}", "{'sub':'7','exp':1800000600}");

    assertThat(refusal(authenticator, token)).isEqualTo(ErrorCode.NOT_AUTHENTICATED);
  }

  private void assertAccepted(String algorithm, KeyPair pair, String kid) {
    assertThat(authenticator.authenticate(token(algorithm, pair, kid)).name()).isEqualTo("7");
  }

  private void assertRefused(ErrorCode code, String algorithm, KeyPair pair, String kid) {
    assertThat(refusal(authenticator, token(algorithm, pair, kid))).isEqualTo(code);
  }

  private static ErrorCode refusal(Authenticator authenticator, String token) {
    return catchThrowableOfType(OrderwireException.class, () -> authenticator.authenticate(token))
        .code();
  }

  private String token(String algorithm, KeyPair pair, String kid) {
    String name = kid.isEmpty() ? "" : ",'kid':'%s'".formatted(kid);
    return Forge.signed(
        algorithm,
        pair.getPrivate(),
        "{'alg':'%s'%s}".formatted(algorithm, name),
        "{'sub':'7','exp':%d}".formatted(clock.instant().getEpochSecond() + 600));
  }
}
