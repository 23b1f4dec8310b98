package dev.orderwire.auth;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A signed token in its compact form (RFC 7515, section 7.1), taken apart. Nothing in it is proven
 * yet.
 *
 * @param kid which key signed it, if it says so; only ever compared with the names of known keys
 * @param signedText what the signature is of
 * @param signature in base64url
 * @param payload in base64url
 */
record CompactToken(
    Algorithm algorithm,
    Optional<String> kid,
    String signedText,
    String signature,
    String payload) {
  static final int MAX_CHARACTERS = 8192;

  private static final Pattern CHARACTERS = Pattern.compile("[A-Za-z0-9_.-]*");
  private static final int MAX_KID = 256;

  /** Types of other tokens, such as logout tokens, are refused: RFC 8725, section 3.11. */
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt");

  /** Header parameters that contain a key, or change the meaning of the token. */
  private static final Map<String, String> FORBIDDEN =
      Map.ofEntries(
          Map.entry("crit", "it demands extensions that this server does not have"),
          Map.entry("b64", "its payload must be encoded as usual"),
          Map.entry("enc", "encrypted tokens are not accepted"),
          Map.entry("zip", "compressed tokens are not accepted"),
          Map.entry("cty", "nested tokens are not accepted"),
          Map.entry("jwk", "it brings its own key, which proves nothing"),
          Map.entry("jku", "it names the address of its own key, which proves nothing"),
          Map.entry("x5u", "it names the address of its own key, which proves nothing"),
          Map.entry("x5c", "it brings its own key, which proves nothing"));

  /** Takes a token apart, and checks everything that needs no key. */
  static CompactToken parse(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw Refused.because(
          "the token is longer than %d characters: ask its issuer for one with fewer claims"
              .formatted(MAX_CHARACTERS));
    }
    if (!CHARACTERS.matcher(text).matches()) {
      throw Refused.because(
          "the token has characters that no token has, such as white space: send it exactly as its issuer wrote it");
    }
    List<String> parts = List.of(text.split("\\.", -1));
    if (parts.size() == 5) {
      throw Refused.because("encrypted tokens are not accepted: send a signed one");
    }
    if (parts.size() != 3) {
      throw Refused.because(
          "a token has three parts with a dot between them: send it exactly as its issuer wrote it");
    }
    if (parts.getLast().isEmpty()) {
      throw Refused.because("the token is not signed: send a token with the issuer's signature");
    }
    parts.forEach(CompactToken::decoded);
    ObjectNode header = StrictJson.object(decoded(parts.getFirst()), "header");
    requireKnownForm(header);
    return new CompactToken(
        algorithm(header),
        kid(header),
        parts.get(0) + "." + parts.get(1),
        parts.get(2),
        parts.get(1));
  }

  private static void requireKnownForm(ObjectNode header) {
    FORBIDDEN.forEach((name, reason) -> {
      if (header.has(name)) {
        throw Refused.because("the header of the token has %s: %s".formatted(name, reason));
      }
    });
    JsonNode type = header.get("typ");
    if (type != null
        && !(type.isString()
            && TYPES.contains(
                type.stringValue().toLowerCase(Locale.ROOT).replaceFirst("^application/", "")))) {
      throw Refused.because(
          "typ in the header of the token must be JWT or at+jwt: this is another kind of token");
    }
  }

  private static Algorithm algorithm(ObjectNode header) {
    JsonNode name = header.get("alg");
    if (name == null || !name.isString()) {
      throw Refused.because("the header of the token must name its algorithm (alg)");
    }
    return Algorithm.of(name.stringValue())
        .orElseThrow(() ->
            Refused.because(
                "the token is not signed, or with an algorithm (alg) that is never accepted"));
  }

  private static Optional<String> kid(ObjectNode header) {
    JsonNode kid = header.get("kid");
    if (kid == null) {
      return Optional.empty();
    }
    if (!kid.isString() || kid.stringValue().isEmpty() || kid.stringValue().length() > MAX_KID) {
      throw Refused.because(
          "kid in the header of the token must be a text of 1 to %d characters".formatted(MAX_KID));
    }
    return Optional.of(kid.stringValue());
  }

  /** The claims, as the token has them. Trust them only after the signature was checked. */
  ObjectNode claims() {
    return StrictJson.object(decoded(payload), "payload");
  }

  /** Each text has one encoding, so a token cannot be changed without changing what it says. */
  private static byte[] decoded(String part) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(part);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Reported below, like another encoding.
    }
    throw Refused.because(
        "a part of the token is not base64url: send it exactly as its issuer wrote it");
  }

  /** Without the token, which may be valid. */
  @Override
  public String toString() {
    return algorithm.text() + " token";
  }
}
