package dev.orderwire.cli.settings;

import dev.orderwire.auth.Algorithm;
import dev.orderwire.auth.ApiKey;
import dev.orderwire.auth.AuthOptions;
import dev.orderwire.auth.JwtOptions;
import dev.orderwire.auth.VerificationKey;
import dev.orderwire.auth.policy.ClaimPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The settings of {@code auth}, as options. Authentication is on as soon as {@code auth.jwt} or
 * {@code auth.keys} is set.
 */
final class Authentication {
  private static final List<String> MODE = List.of("auth", "mode");
  private static final List<String> JWT = List.of("auth", "jwt");
  private static final List<String> KEYS = List.of("auth", "keys");
  private static final List<String> ROLE = List.of("auth", "role");

  private Authentication() {}

  /**
   * Whether a user meant clients to be authenticated, even if a value is missing: an empty one must
   * not open the server.
   */
  static boolean isOn(Set<List<String>> configured) {
    return isSet(JWT, configured) || isSet(KEYS, configured);
  }

  private static boolean isSet(List<String> group, Set<List<String>> configured) {
    return configured.stream().anyMatch(path -> Name.isWithin(group, path));
  }

  /**
   * @param configured the paths that a source of the settings has
   */
  static void check(AuthSettings auth, Set<List<String>> configured, Problems problems) {
    read(auth, problems);
    if (isSet(JWT, configured) && keySettings(auth.jwt()).isEmpty()) {
      problems.add("auth.jwt needs one of auth.jwt.secret, auth.jwt.public-key and auth.jwt.jwks");
    }
    if (isSet(KEYS, configured) && auth.keys().isEmpty()) {
      problems.add("auth.keys has no key: ./orderwire key makes one and prints what to add");
    }
    if (!auth.mode().equals("none")) {
      problems.add(
          "auth.mode must be none, the only mode, not '%s'; to authenticate clients, set auth.jwt or auth.keys"
              .formatted(auth.mode()));
    } else if (configured.contains(MODE) && isOn(configured)) {
      problems.add(
          "auth.mode=none opens the server to everybody, but auth.jwt or auth.keys is set: remove auth.mode to authenticate clients, or remove the others");
    }
    if (configured.contains(ROLE) && !isSet(JWT, configured)) {
      problems.add("auth.role has no effect without auth.jwt: set auth.jwt, or remove auth.role");
    }
  }

  /** The options; empty if nothing is set, or if there is a problem. */
  static Optional<AuthOptions> read(AuthSettings auth, Problems problems) {
    Map<String, Supplier<VerificationKey>> keys = keySettings(auth.jwt());
    if (keys.size() > 1) {
      problems.add(
          "only one of %s can be set: tokens are checked in one way"
              .formatted(String.join(", ", keys.keySet())));
      return Optional.empty();
    }
    Optional<JwtOptions> jwt =
        keys.entrySet().stream()
            .findFirst()
            .flatMap(key -> attempt(key.getKey(), problems, key.getValue()))
            .flatMap(key -> jwt(auth.jwt(), key, problems));
    Optional<ClaimPath> role = attempt("auth.role", problems, () -> ClaimPath.parse(auth.role()));
    List<ApiKey> apiKeys = apiKeys(auth.keys(), problems);
    if (jwt.isEmpty() && apiKeys.isEmpty()) {
      return Optional.empty();
    }
    return role.flatMap(
        claim -> attempt("auth.keys", problems, () -> new AuthOptions(jwt, claim, apiKeys)));
  }

  /** Those that are set of the settings that say how signatures are checked. */
  private static Map<String, Supplier<VerificationKey>> keySettings(AuthSettings.Jwt jwt) {
    Map<String, Supplier<VerificationKey>> set = new LinkedHashMap<>();
    addIfSet(set, "auth.jwt.secret", jwt.secret(), VerificationKey::secret);
    addIfSet(set, "auth.jwt.public-key", jwt.publicKey(), VerificationKey::publicKey);
    addIfSet(set, "auth.jwt.jwks", jwt.jwks(), VerificationKey::jwks);
    return set;
  }

  private static void addIfSet(
      Map<String, Supplier<VerificationKey>> set,
      String name,
      String text,
      Function<String, VerificationKey> key) {
    if (!text.isEmpty()) {
      set.put(name, () -> key.apply(text));
    }
  }

  private static Optional<JwtOptions> jwt(
      AuthSettings.Jwt jwt, VerificationKey key, Problems problems) {
    return attempt("auth.jwt.algorithms", problems, () -> Algorithm.allowed(jwt.algorithms(), key))
        .map(algorithms ->
            new JwtOptions(
                key,
                Optional.of(jwt.issuer()).filter(issuer -> !issuer.isEmpty()),
                jwt.audience(),
                algorithms,
                Duration.ofSeconds(jwt.clockSkewSeconds())));
  }

  private static List<ApiKey> apiKeys(Map<String, AuthSettings.ApiKey> keys, Problems problems) {
    List<ApiKey> read = new ArrayList<>();
    keys.forEach((name, key) -> {
      // A name could be a key, written in the wrong place.
      String shown = name.startsWith("ow_") ? "" : "." + name;
      attempt(
              "auth.keys" + shown,
              problems,
              () -> new ApiKey(name, key.hash(), key.role(), key.claims()))
          .ifPresent(read::add);
    });
    return read;
  }

  private static <T> Optional<T> attempt(String name, Problems problems, Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      problems.add("%s %s".formatted(name, e.getMessage()));
      return Optional.empty();
    }
  }
}
