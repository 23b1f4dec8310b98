package dev.orderwire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.auth.policy.ClaimPath;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A table of attempts to get in with a token. Each must fail, and say why. */
final class ForgedTokensTest {
  private static final String SECRET = "an old secret with more than 32 bytes, as it must be";
  private static final long NOW = 1_800_000_000;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(NOW));

  private static final String HEADER = "{'alg':'HS256','typ':'JWT'}";
  private static final String CLAIMS =
      "'iss':'https://idp.example','aud':'orderwire','sub':'7','exp':1800000600";

  private static final Authenticator BY_SECRET = by(VerificationKey.secret(SECRET));
  private static final Authenticator BY_RSA = by(VerificationKey.publicKey(Keys.pem(Keys.RSA)));
  private static final Authenticator BY_EC = by(VerificationKey.publicKey(Keys.pem(Keys.P256)));

  private static Authenticator by(VerificationKey key) {
    JwtOptions options =
        new JwtOptions(
            key,
            Optional.of("https://idp.example"),
            List.of("orderwire", "other"),
            Algorithm.allowed(List.of(), key),
            Duration.ofSeconds(30));
    return Credentials.of(
        new AuthOptions(Optional.of(options), ClaimPath.parse("claims.role"), List.of()), CLOCK);
  }

  private static String valid() {
    return withClaims("{" + CLAIMS + "}");
  }

  private static String withHeader(String header) {
    return sign(header, "{" + CLAIMS + "}");
  }

  private static String withClaims(String payload) {
    return sign(HEADER, payload);
  }

  /** The valid claims and another one. */
  private static String and(String claim) {
    return withClaims("{%s,%s}".formatted(CLAIMS, claim));
  }

  /** Valid claims with another {@code exp}. */
  private static String expiring(String exp) {
    return withClaims("{" + CLAIMS.replace("1800000600", exp) + "}");
  }

  private static String sign(String header, String payload) {
    return Forge.hmac("256", SECRET.getBytes(StandardCharsets.UTF_8), header, payload);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Stream<Arguments> forms() {
    String valid = valid();
    String[] parts = valid.split("\\.", -1);
    String payload = "{" + CLAIMS + "}";
    return Stream.of(
        attempt("nothing", "", "empty"),
        attempt("a word", "secret", "three parts"),
        attempt("a dot", ".", "three parts"),
        attempt("dots", "..", "not signed"),
        attempt("no signature", parts[0] + "." + parts[1], "three parts"),
        attempt("an empty signature", parts[0] + "." + parts[1] + ".", "not signed"),
        attempt("an empty payload", parts[0] + ".." + parts[2], "wrong"),
        attempt("two signatures", valid + "." + parts[2], "three parts"),
        attempt("an encrypted token", valid + ".a.b", "encrypted"),
        attempt("garbage at the end", valid + "!", "characters"),
        attempt("letters at the end", valid + "AAAA", "signature"),
        attempt("one letter at the end", valid + "A", "base64url|signature"),
        attempt("a line's end", valid + "\n", "characters"),
        attempt("white space in front", " " + valid, "characters"),
        attempt("white space inside", parts[0] + ". " + parts[1] + "." + parts[2], "characters"),
        attempt("the scheme in front", "Bearer " + valid, "characters"),
        attempt("padding", valid + "=", "characters"),
        attempt("usual base64", valid.replace('.', '+'), "characters"),
        attempt("a NUL", valid + "\0", "characters"),
        attempt("a letter like another", valid.replace('e', 'е'), "characters"),
        attempt("another encoding of the same signature", lastBitSet(valid), "base64url"),
        attempt("JSON serialization", "{\"payload\":\"x\",\"signatures\":[]}", "characters"),
        attempt("too long", and("'x':'" + "a".repeat(8192) + "'"), "longer than 8192"),
        attempt("very long", "a".repeat(10_000_000), "longer than 8192"),
        attempt("an API key", ApiKey.make().text(), "API keys are not accepted"),
        attempt("a header that is no JSON", token("nonsense", payload), "header"),
        attempt("a header that is a list", token("[]", payload), "header"),
        attempt("an empty header", token("{}", payload), "alg"),
        attempt("text after the header", withHeader(HEADER + " {}"), "header"),
        attempt("a comment in the header", withHeader("/**/" + HEADER), "header"),
        attempt("a BOM in front of the header", withHeader("\uFEFF" + HEADER), "header"),
        attempt(
            "a header in UTF-16",
            Keys.base64(HEADER.getBytes(StandardCharsets.UTF_16)) + "." + parts[1] + "." + parts[2],
            "header"));
  }

  static Stream<Arguments> headers() {
    return Stream.of(
        attempt("alg none", withHeader("{'alg':'none'}"), "not signed"),
        attempt("alg None", withHeader("{'alg':'None'}"), "not signed"),
        attempt("alg nOnE", withHeader("{'alg':'nOnE'}"), "not signed"),
        attempt("alg empty", withHeader("{'alg':''}"), "alg"),
        attempt("alg null", withHeader("{'alg':null}"), "alg"),
        attempt("alg a number", withHeader("{'alg':256}"), "alg"),
        attempt("alg a list", withHeader("{'alg':['HS256','none']}"), "alg"),
        attempt("alg hs256", withHeader("{'alg':'hs256'}"), "alg"),
        attempt("alg with a space", withHeader("{'alg':'HS256 '}"), "alg"),
        attempt("alg twice", withHeader("{'alg':'none','alg':'HS256'}"), "duplicate"),
        attempt(
            "alg twice, escaped", withHeader("{'alg':'none','\\u0061lg':'HS256'}"), "duplicate"),
        attempt("an algorithm not allowed", withHeader("{'alg':'HS512'}"), "accepted: HS256"),
        attempt("an asymmetric algorithm", withHeader("{'alg':'RS256'}"), "accepted: HS256"),
        attempt("an encryption", withHeader("{'alg':'dir','enc':'A128GCM'}"), "encrypted"),
        attempt("crit", withHeader("{'alg':'HS256','crit':['exp'],'exp':1}"), "crit"),
        attempt("empty crit", withHeader("{'alg':'HS256','crit':[]}"), "crit"),
        attempt("b64", withHeader("{'alg':'HS256','b64':false,'crit':['b64']}"), "crit|b64"),
        attempt("compressed", withHeader("{'alg':'HS256','zip':'DEF'}"), "compressed"),
        attempt("nested", withHeader("{'alg':'HS256','cty':'JWT'}"), "nested"),
        attempt("a key inside", withHeader("{'alg':'HS256','jwk':{'kty':'oct','k':'AA'}}"), "jwk"),
        attempt("a key elsewhere", withHeader("{'alg':'HS256','jku':'http://a.example'}"), "jku"),
        attempt("a certificate", withHeader("{'alg':'HS256','x5c':['AA']}"), "x5c"),
        attempt(
            "a certificate elsewhere",
            withHeader("{'alg':'HS256','x5u':'file:///etc/passwd'}"),
            "x5u"),
        attempt("a logout token", withHeader("{'alg':'HS256','typ':'logout+jwt'}"), "typ"),
        attempt("typ a number", withHeader("{'alg':'HS256','typ':1}"), "typ"),
        attempt("kid a number", withHeader("{'alg':'HS256','kid':1}"), "kid"),
        attempt("kid an object", withHeader("{'alg':'HS256','kid':{'a':1}}"), "kid"),
        attempt("kid null", withHeader("{'alg':'HS256','kid':null}"), "kid"),
        attempt("kid empty", withHeader("{'alg':'HS256','kid':''}"), "kid"),
        attempt("kid long", withHeader("{'alg':'HS256','kid':'" + "a".repeat(257) + "'}"), "kid"));
  }

  static Stream<Arguments> signatures() {
    String payload = "{" + CLAIMS + "}";
    String valid = valid();
    return Stream.of(
        attempt("another secret", Forge.hmac("256", bytes(SECRET + "!"), HEADER, payload), "wrong"),
        attempt("no secret", Forge.hmac("256", new byte[1], HEADER, payload), "wrong"),
        attempt("another hash", Forge.hmac("512", bytes(SECRET), HEADER, payload), "wrong"),
        attempt("zeros", Forge.token(HEADER, payload, new byte[32]), "wrong"),
        attempt("one byte", Forge.token(HEADER, payload, new byte[1]), "wrong"),
        attempt("a cut signature", valid.substring(0, valid.length() - 4), "wrong|base64url"),
        attempt("another subject", swap(valid, payload.replace("'7'", "'8'")), "wrong"),
        attempt("another header", swapHeader(valid, "{'alg':'HS256','typ':'jwt'}"), "wrong"),
        attempt(
            "kid as a path to an empty file",
            Forge.hmac("256", new byte[1], "{'alg':'HS256','kid':'../../dev/null'}", payload),
            "wrong"),
        attempt(
            "kid as SQL",
            Forge.hmac(
                "256", bytes("x"), "{'alg':'HS256','kid':'a\\' UNION SELECT \\'x'}", payload),
            "header|wrong"));
  }

  static Stream<Arguments> claims() {
    return Stream.of(
        attempt("claims that are no JSON", withClaims("nonsense"), "payload"),
        attempt("claims that are a list", withClaims("[]"), "payload"),
        attempt("claims that are a text", withClaims("'a'"), "payload"),
        attempt("text after the claims", withClaims("{" + CLAIMS + "}{}"), "payload"),
        attempt("sub twice", and("'sub':'8'"), "duplicate"),
        attempt("sub twice, escaped", and("'s\\u0075b':'8'"), "duplicate"),
        attempt("a name twice inside", and("'x':{'a':1,'a':2}"), "duplicate"),
        attempt("deep nesting", and("'x':" + "[".repeat(500) + "]".repeat(500)), "nesting"),
        attempt("half a surrogate pair", and("'x':'\\ud800'"), "characters"),
        attempt("a number too large to write out", and("'x':1e999999999"), "numbers"),
        attempt("a number too small to write out", and("'x':[1e-999999999]"), "numbers"),
        attempt("very many digits", and("'x':" + "9".repeat(4000)), "numbers"),
        attempt("not a number", and("'x':NaN"), "payload"),
        attempt("no exp", withClaims("{" + CLAIMS.replace("'exp'", "'ex'") + "}"), "no exp"),
        attempt("exp null", expiring("null"), "exp in the token must be a number"),
        attempt("exp a text", expiring("'1800000600'"), "exp in the token must be a number"),
        attempt("exp true", expiring("true"), "exp in the token must be a number"),
        attempt("exp a list", expiring("[1800000600]"), "exp in the token must be a number"),
        attempt("exp negative", expiring("-1800000600"), "exp in the token must be a number"),
        attempt("exp zero", expiring("0"), "run out"),
        attempt("exp in milliseconds", expiring("1800000600000"), "number of seconds"),
        attempt("exp absurd", expiring("1e300"), "number of seconds"),
        attempt("exp beyond a long", expiring("18446744073709551617"), "number of seconds"),
        attempt("exp past", expiring("1799999970"), "run out"),
        attempt("exp just past", expiring("1799999969.999"), "run out"),
        attempt("nbf in the future", and("'nbf':1800000031"), "not valid yet"),
        attempt("nbf a text", and("'nbf':'1'"), "nbf in the token must be a number"),
        attempt("nbf null", and("'nbf':null"), "nbf in the token must be a number"),
        attempt("iat in the future", and("'iat':1800000031"), "future"),
        attempt("iat a text", and("'iat':'1'"), "iat in the token must be a number"),
        attempt("iat absurd", and("'iat':1e200"), "number of seconds"),
        attempt("no sub", withClaims("{" + CLAIMS.replace("'sub'", "'su'") + "}"), "no sub"),
        attempt("sub a number", withClaims("{" + CLAIMS.replace("'7'", "7") + "}"), "sub in the"),
        attempt("sub null", withClaims("{" + CLAIMS.replace("'7'", "null") + "}"), "sub in the"),
        attempt("sub empty", withClaims("{" + CLAIMS.replace("'7'", "''") + "}"), "sub in the"),
        attempt(
            "sub with a line's end",
            withClaims("{" + CLAIMS.replace("'7'", "'7\\n8'") + "}"),
            "control characters"),
        attempt(
            "sub long",
            withClaims("{" + CLAIMS.replace("'7'", "'" + "7".repeat(256) + "'") + "}"),
            "255"),
        attempt("jti a number", and("'jti':1"), "jti in the token"),
        attempt("jti a list", and("'jti':['a']"), "jti in the token"),
        attempt("another issuer", replaced("https://idp.example", "https://a.example"), "(iss)"),
        attempt(
            "issuer with a slash",
            replaced("https://idp.example", "https://idp.example/"),
            "(iss)"),
        attempt(
            "issuer in capitals", replaced("https://idp.example", "HTTPS://IDP.EXAMPLE"), "(iss)"),
        attempt("issuers", replaced("'https://idp.example'", "['https://idp.example']"), "(iss)"),
        attempt("no issuer", replaced("'iss'", "'is'"), "(iss)"),
        attempt("another audience", replaced("'orderwire'", "'shop'"), "orderwire or other (aud)"),
        attempt("other audiences", replaced("'orderwire'", "['shop','orderwire2']"), "(aud)"),
        attempt("no audience in a list", replaced("'orderwire'", "[]"), "(aud)"),
        attempt("audiences in a list", replaced("'orderwire'", "[['orderwire']]"), "(aud)"),
        attempt("audience a map", replaced("'orderwire'", "{'orderwire':1}"), "(aud)"),
        attempt("no audience", replaced("'aud'", "'au'"), "(aud)"),
        attempt("role a number", and("'role':1"), "role in the token"),
        attempt("role a map", and("'role':{'admin':true}"), "role in the token"),
        attempt("a role that is no text", and("'role':['a',1]"), "role in the token"),
        attempt("an empty role", and("'role':''"), "role in the token"),
        attempt("many roles", and("'role':[" + "'a',".repeat(100) + "'a']"), "at most 100"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"forms", "headers", "signatures", "claims"})
  void isRefused(String attempt, String token, String reason) {
    assertRefused(BY_SECRET, token, reason);
  }

  static Stream<Arguments> confusions() {
    String payload = "{" + CLAIMS + "}";
    byte[] pem = bytes(Keys.pem(Keys.RSA));
    byte[] der = Keys.RSA.getPublic().getEncoded();
    String own = "{'alg':'RS256','jwk':%s}".formatted(Keys.jwk(Keys.OTHER_RSA, ""));
    return Stream.of(
        attempt("HS256 by the public key's PEM", hmacBy(pem), "accepted: RS256"),
        attempt("HS256 by its PEM, trimmed", hmacBy(bytes(Keys.pem(Keys.RSA).strip())), "accepted"),
        attempt("HS256 by its DER", hmacBy(der), "accepted: RS256"),
        attempt(
            "another RSA key",
            Forge.signed("RS256", Keys.OTHER_RSA.getPrivate(), payload),
            "wrong"),
        attempt(
            "a key inside",
            Forge.signed("RS256", Keys.OTHER_RSA.getPrivate(), own, payload),
            "jwk"),
        attempt(
            "PS256 said to be RS256",
            Forge.signed("PS256", Keys.RSA.getPrivate(), "{'alg':'RS256'}", payload),
            "wrong"),
        attempt(
            "RS256 said to be RS512",
            Forge.signed("RS256", Keys.RSA.getPrivate(), "{'alg':'RS512'}", payload),
            "wrong"),
        attempt(
            "an EC key", Forge.signed("ES256", Keys.P256.getPrivate(), payload), "accepted: RS256"),
        attempt(
            "an empty signature", Forge.token("{'alg':'RS256'}", payload, new byte[256]), "wrong"),
        attempt("alg none", Forge.token("{'alg':'none'}", payload, new byte[1]), "not signed"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("confusions")
  void isRefusedWithAnRsaKey(String attempt, String token, String reason) {
    assertRefused(BY_RSA, token, reason);
  }

  static Stream<Arguments> curves() {
    String payload = "{" + CLAIMS + "}";
    String header = "{'alg':'ES256'}";
    return Stream.of(
        // CVE-2022-21449: zero for r and s.
        attempt("zeros", Forge.token(header, payload, new byte[64]), "wrong"),
        attempt("half a signature", Forge.token(header, payload, new byte[32]), "wrong"),
        attempt(
            "another curve", Forge.signed("ES384", Keys.P384.getPrivate(), payload), "accepted"),
        attempt("HS256 by the PEM", hmacBy(bytes(Keys.pem(Keys.P256))), "accepted: ES256"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("curves")
  void isRefusedWithAnEcKey(String attempt, String token, String reason) {
    assertRefused(BY_EC, token, reason);
  }

  /** The attempts above fail only for the reason that each of them tries. */
  @Test
  void theSameTokensWithoutTheAttemptAreAccepted() {
    Identity identity = BY_SECRET.authenticate(valid());
    assertThat(identity.name()).isEqualTo("7");
    assertThat(identity.expires()).isEqualTo(Instant.ofEpochSecond(NOW + 630));
    String payload = "{" + CLAIMS + "}";
    assertThat(
            List.of(
                BY_RSA.authenticate(Forge.signed("RS256", Keys.RSA.getPrivate(), payload)).name(),
                BY_EC.authenticate(Forge.signed("ES256", Keys.P256.getPrivate(), payload)).name(),
                BY_SECRET.authenticate(and("'nbf':1800000030,'iat':1800000030")).name(),
                BY_SECRET.authenticate(expiring("1799999970.001")).name(),
                BY_SECRET.authenticate(withHeader("{'alg':'HS256','kid':'../a'}")).name()))
        .containsOnly("7");
  }

  private static void assertRefused(Authenticator authenticator, String token, String reason) {
    assertThatThrownBy(() -> authenticator.authenticate(token))
        .isInstanceOfSatisfying(
            OrderwireException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.NOT_AUTHENTICATED);
              assertThat(refused.getMessage()).containsPattern(pattern(reason));
              for (String part : token.split("\\.", -1)) {
                if (part.length() > 10) {
                  assertThat(refused.getMessage()).doesNotContain(part);
                }
              }
            });
  }

  /** Text, in which only {@code |} has a meaning. */
  private static String pattern(String reason) {
    return reason.replace("(", "\\(").replace(")", "\\)");
  }

  private static Arguments attempt(String what, String token, String reason) {
    return Arguments.of(what, token, reason);
  }

  private static String token(String header, String payload) {
    return sign(header, payload);
  }

  private static String replaced(String part, String other) {
    return withClaims("{" + CLAIMS.replace(part, other) + "}");
  }

  private static String hmacBy(byte[] secret) {
    return Forge.hmac("256", secret, "{'alg':'HS256'}", "{" + CLAIMS + "}");
  }

  private static String swap(String token, String payload) {
    String[] parts = token.split("\\.", -1);
    return parts[0] + "." + Forge.part(payload) + "." + parts[2];
  }

  private static String swapHeader(String token, String header) {
    String[] parts = token.split("\\.", -1);
    return Forge.part(header) + "." + parts[1] + "." + parts[2];
  }

  /** 32 bytes fill 42 letters and four bits of the last one: the other two bits mean nothing. */
  private static String lastBitSet(String token) {
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = letters.indexOf(token.charAt(token.length() - 1));
    return token.substring(0, token.length() - 1) + letters.charAt(last + 1);
  }
}
