package dev.orderwire.auth.policy;

import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The values that a lookup found, as the list that stands for it in a condition. */
public final class LookupValues {
  private static final String NULL = "null";

  /** Loses no digit. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private LookupValues() {}

  /**
   * The list, each value once and in a fixed order. NULL is left out, as no column equals it.
   *
   * @param values as JSON texts; null counts as NULL
   */
  public static JsonNode of(Stream<? extends @Nullable String> values) {
    TreeSet<String> sorted = new TreeSet<>();
    values.filter(Objects::nonNull).filter(json -> !NULL.equals(json)).forEach(sorted::add);
    ArrayNode list = JSON.createArrayNode();
    sorted.forEach(json -> list.add(JSON.readTree(json)));
    return list;
  }
}
