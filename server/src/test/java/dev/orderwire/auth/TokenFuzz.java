package dev.orderwire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.policy.ClaimPath;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.fuzz.Parsing;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens: header and payload on two lines, which are signed with the right secret, as a signature
 * cannot be guessed; or a text without a line feed, as it is.
 */
public final class TokenFuzz {
  private static final String SECRET = "s".repeat(64);
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final Authenticator AUTHENTICATOR = authenticator();

  private TokenFuzz() {}

  private static Authenticator authenticator() {
    VerificationKey key = VerificationKey.secret(SECRET);
    JwtOptions jwt =
        new JwtOptions(
            key,
            Optional.of("https://idp.example"),
            List.of("orderwire"),
            Algorithm.allowed(List.of(), key),
            Duration.ofSeconds(30));
    return Credentials.of(
        new AuthOptions(Optional.of(jwt), ClaimPath.parse("claims.realm.roles"), List.of()),
        InstantSource.fixed(NOW));
  }

  public static void fuzzerTestOneInput(byte[] input) {
    int line = 0;
    while (line < input.length && input[line] != '\n') {
      line++;
    }
    String token =
        line == input.length
            ? new String(input, StandardCharsets.UTF_8)
            : signed(Arrays.copyOf(input, line), Arrays.copyOfRange(input, line + 1, input.length));
    try {
      accepted(AUTHENTICATOR.authenticate(token), line < input.length);
    } catch (OrderwireException refusal) {
      Parsing.requireClientsFault(refusal);
      assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_AUTHENTICATED);
      if (token.length() > 20) {
        assertThat(refusal.getMessage()).doesNotContain(token);
      }
    }
  }

  private static void accepted(Identity identity, boolean signed) {
    assertThat(signed).as("a token that nobody signed is accepted").isTrue();
    assertThat(identity.name()).isNotEmpty().hasSizeLessThanOrEqualTo(255);
    assertThat(identity.name().chars().noneMatch(Character::isISOControl)).isTrue();
    assertThat(identity.roles()).hasSizeLessThanOrEqualTo(100).doesNotHaveDuplicates();
    assertThat(Objects.requireNonNull(identity.expires())).isAfter(NOW);
    assertThat(Objects.requireNonNull(identity.claims().get("iss")).stringValue())
        .isEqualTo("https://idp.example");
    // As numbers may be: writing one out must not fill the memory.
    identity
        .claims()
        .forEach((_, claim) -> assertThat(claim.toString().length()).isLessThan(9_000));
  }

  private static String signed(byte[] header, byte[] payload) {
    String text = Keys.base64(header) + "." + Keys.base64(payload);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HMAC"));
      return text + "." + Keys.base64(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
