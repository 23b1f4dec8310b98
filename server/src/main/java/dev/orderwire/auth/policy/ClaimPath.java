package dev.orderwire.auth.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a claim is: {@code claims.role}, or {@code claims.realm_access.roles} for a claim inside
 * another one. A name with {@code :} or {@code /} is the name of one claim as it stands, dots
 * included: {@code claims.https://shop.example/roles}.
 */
public record ClaimPath(List<String> names) {
  private static final String START = "claims.";

  public ClaimPath {
    names = List.copyOf(names);
    if (names.isEmpty() || names.contains("")) {
      throw new IllegalArgumentException("must be claims.NAME, such as claims.role");
    }
  }

  /**
   * The path that a text names.
   *
   * @throws IllegalArgumentException if it names none; the message continues the setting's name
   */
  public static ClaimPath parse(String text) {
    if (!text.startsWith(START)) {
      throw new IllegalArgumentException(
          "must be claims.NAME, such as claims.role, not '%s'".formatted(text));
    }
    String name = text.substring(START.length());
    boolean single = name.contains(":") || name.contains("/");
    return new ClaimPath(single ? List.of(name) : Arrays.asList(name.split("\\.", -1)));
  }

  /** The claim; empty if it is missing or null. */
  public Optional<JsonNode> in(Map<String, JsonNode> claims) {
    @Nullable JsonNode found = claims.get(names.getFirst());
    for (String name : names.subList(1, names.size())) {
      found = found == null ? null : found.get(name);
    }
    return Optional.ofNullable(found).filter(claim -> !claim.isNull());
  }

  /** Sets the claim. A claim on the way that is not an object is replaced by one. */
  public void put(ObjectNode claims, JsonNode value) {
    ObjectNode inner = claims;
    for (String name : names.subList(0, names.size() - 1)) {
      inner = inner.get(name) instanceof ObjectNode object ? object : inner.putObject(name);
    }
    inner.set(names.getLast(), value);
  }

  @Override
  public String toString() {
    return START + String.join(".", names);
  }
}
