package dev.orderwire.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes tokens that the server accepts, to try it with. */
public final class TestToken {
  private TestToken() {}

  /**
   * Signs a token with the shared secret.
   *
   * @param roles are written where {@link AuthOptions#role} says
   * @param claims override those that the token has otherwise
   * @throws OrderwireException {@code no_secret} if the options have none
   */
  public static String sign(
      AuthOptions options,
      List<String> roles,
      Map<String, JsonNode> claims,
      Duration life,
      Instant now) {
    JwtOptions jwt =
        options
            .jwt()
            .orElseThrow(() ->
                noSecret("the configured server accepts API keys only: ./orderwire key makes one"));
    if (!(jwt.key() instanceof VerificationKey.SharedSecret(var secret))) {
      throw noSecret(
          "only the issuer has the private key that signs tokens for this server: get one from it, or set auth.jwt.secret instead of a public key to try things");
    }
    JWSHeader header =
        new JWSHeader.Builder(EnumSet.copyOf(jwt.algorithms()).iterator().next().jws())
            .type(JOSEObjectType.JWT)
            .build();
    ObjectNode all = ownClaims(jwt, life, now);
    claims.forEach(all::set);
    if (!roles.isEmpty()) {
      options.role().put(all, roleClaim(roles));
    }
    JWSObject token = new JWSObject(header, new Payload(all.toString()));
    try {
      token.sign(new MACSigner(secret));
    } catch (JOSEException e) {
      throw new IllegalStateException("the secret was checked", e);
    }
    return token.serialize();
  }

  private static ObjectNode ownClaims(JwtOptions jwt, Duration life, Instant now) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    jwt.issuer().ifPresent(issuer -> claims.put("iss", issuer));
    if (!jwt.audience().isEmpty()) {
      claims.put("aud", jwt.audience().getFirst());
    }
    return claims
        .put("sub", "test")
        .put("iat", now.getEpochSecond())
        .put("exp", now.plus(life).getEpochSecond())
        .put("jti", UUID.randomUUID().toString());
  }

  private static JsonNode roleClaim(List<String> roles) {
    if (roles.size() == 1) {
      return JsonNodeFactory.instance.stringNode(roles.getFirst());
    }
    var list = JsonNodeFactory.instance.arrayNode();
    roles.forEach(list::add);
    return list;
  }

  private static OrderwireException noSecret(String reason) {
    return new OrderwireException(ErrorCode.NO_SECRET, reason);
  }
}
