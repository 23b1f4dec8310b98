package dev.orderwire.auth;

import dev.orderwire.auth.policy.ClaimPath;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks the claims of a token whose signature is valid (RFC 7519, section 4.1). */
final class TokenClaims {
  /** The end of the year 9999. Milliseconds instead of seconds are beyond it. */
  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(253_402_300_799L);

  private static final int MAX_TEXT = 255;
  private static final int MAX_ROLES = 100;

  private final JwtOptions options;
  private final ClaimPath role;

  TokenClaims(JwtOptions options, ClaimPath role) {
    this.options = options;
    this.role = role;
  }

  /** The identity that the claims describe at this time. */
  Identity identity(ObjectNode token, Instant now) {
    Map<String, JsonNode> claims =
        token.propertyStream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    requireIssuerAndAudience(claims);
    Instant expires = requireTime(claims, now);
    String subject = text(claims, "sub");
    if (subject == null) {
      throw Refused.because("the token must say whose it is: it has no sub");
    }
    return new Identity(subject, claims, roles(claims), expires, text(claims, "jti"));
  }

  private void requireIssuerAndAudience(Map<String, JsonNode> claims) {
    options
        .issuer()
        .filter(issuer -> !issuer.equals(textOrEmpty(claims.get("iss"))))
        .ifPresent(issuer -> {
          throw Refused.because("the token must be issued by %s (iss)".formatted(issuer));
        });
    List<String> audience = options.audience();
    if (!audience.isEmpty() && audienceOf(claims).stream().noneMatch(audience::contains)) {
      throw Refused.because(
          "the token must be made for %s (aud)".formatted(String.join(" or ", audience)));
    }
  }

  private static List<String> audienceOf(Map<String, JsonNode> claims) {
    JsonNode audience = claims.get("aud");
    if (audience == null) {
      return List.of();
    }
    return audience.isArray()
        ? audience.valueStream().map(TokenClaims::textOrEmpty).toList()
        : List.of(textOrEmpty(audience));
  }

  private Instant requireTime(Map<String, JsonNode> claims, Instant now) {
    Duration skew = options.clockSkew();
    Instant expires =
        time(claims, "exp")
            .orElseThrow(
                () -> Refused.because("the token must say when it runs out: it has no exp"));
    if (!now.minus(skew).isBefore(expires)) {
      throw Refused.because("the token has run out (exp): get a new one");
    }
    if (time(claims, "nbf").filter(start -> start.isAfter(now.plus(skew))).isPresent()) {
      throw Refused.because("the token is not valid yet (nbf): check the clocks");
    }
    if (time(claims, "iat").filter(issued -> issued.isAfter(now.plus(skew))).isPresent()) {
      throw Refused.because("the token was issued in the future (iat): check the clocks");
    }
    return expires.plus(skew);
  }

  private static Optional<Instant> time(Map<String, JsonNode> claims, String name) {
    JsonNode value = claims.get(name);
    if (value == null) {
      return Optional.empty();
    }
    BigDecimal seconds = value.isNumber() ? value.decimalValue() : BigDecimal.valueOf(-1);
    if (seconds.signum() < 0 || seconds.compareTo(MAX_SECONDS) > 0) {
      throw Refused.because(
          "%s in the token must be a number of seconds since 1970".formatted(name));
    }
    long whole = seconds.longValue();
    long nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
    return Optional.of(Instant.ofEpochSecond(whole, nanos));
  }

  private static @Nullable String text(Map<String, JsonNode> claims, String name) {
    JsonNode value = claims.get(name);
    if (value == null) {
      return null;
    }
    if (!isName(value)) {
      throw Refused.because(
          "%s in the token must be a text of 1 to %d characters, without control characters"
              .formatted(name, MAX_TEXT));
    }
    return value.stringValue();
  }

  private List<String> roles(Map<String, JsonNode> claims) {
    Optional<JsonNode> claim = role.in(claims);
    List<JsonNode> values =
        claim
            .map(value -> value.isArray() ? value.valueStream().toList() : List.of(value))
            .orElse(List.of());
    if (values.size() > MAX_ROLES || !values.stream().allMatch(TokenClaims::isName)) {
      throw Refused.because(
          "the role in the token (%s) must be a text, or a list of at most %d texts"
              .formatted(role, MAX_ROLES));
    }
    Set<String> roles = new LinkedHashSet<>();
    values.forEach(value -> roles.add(value.stringValue()));
    return List.copyOf(roles);
  }

  /** Whether it can stand in a log line and in a column of MySQL. */
  private static boolean isName(JsonNode value) {
    return value.isString()
        && !value.stringValue().isEmpty()
        && value.stringValue().length() <= MAX_TEXT
        && value.stringValue().chars().noneMatch(Character::isISOControl);
  }

  private static String textOrEmpty(@Nullable JsonNode value) {
    return value != null && value.isString() ? value.stringValue() : "";
  }
}
