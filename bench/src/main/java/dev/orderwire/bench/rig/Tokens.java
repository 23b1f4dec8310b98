package dev.orderwire.bench.rig;

import dev.orderwire.auth.Algorithm;
import dev.orderwire.auth.AuthOptions;
import dev.orderwire.auth.JwtOptions;
import dev.orderwire.auth.TestToken;
import dev.orderwire.auth.VerificationKey;
import dev.orderwire.auth.policy.ClaimPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import tools.jackson.databind.node.JsonNodeFactory;

/** Tokens that a server accepts if it has {@link #settings}. */
public final class Tokens {
  /** A run takes less than an hour. */
  private static final Duration LIFE = Duration.ofHours(2);

  private final String secret = UUID.randomUUID() + "/" + UUID.randomUUID();
  private final AuthOptions options;

  public Tokens() {
    VerificationKey key = VerificationKey.secret(secret);
    options =
        new AuthOptions(
            Optional.of(
                new JwtOptions(
                    key,
                    Optional.empty(),
                    List.of(),
                    Algorithm.allowed(List.of(), key),
                    Duration.ofSeconds(30))),
            ClaimPath.parse("claims.role"),
            List.of());
  }

  /**
   * The settings of the server, as environment variables.
   *
   * @param policies what each role sees, as JSON
   */
  public Map<String, String> settings(String policies) {
    return Map.of(
        "ORDERWIRE_AUTH_JWT_SECRET",
        secret,
        "ORDERWIRE_POLICIES",
        policies,
        // With a proxy configured, loopback addresses have limits like all others.
        "ORDERWIRE_PROXIES_TRUSTED",
        "192.0.2.1");
  }

  /**
   * Writes a token a line, each of another subject.
   *
   * @param subject the {@code sub} of the first token, a number; those of the others count up
   */
  public Path write(Path file, String role, int subject, int count) throws IOException {
    Instant now = Instant.now();
    return Files.write(
        file,
        IntStream.range(subject, subject + count)
            .mapToObj(sub ->
                TestToken.sign(
                    options,
                    List.of(role),
                    Map.of("sub", JsonNodeFactory.instance.stringNode(String.valueOf(sub))),
                    LIFE,
                    now))
            .toList());
  }
}
