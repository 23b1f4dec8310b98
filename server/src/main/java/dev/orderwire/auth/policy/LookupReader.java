package dev.orderwire.auth.policy;

import dev.orderwire.change.Nearest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads lookups out of the settings, and reports all that is wrong. */
final class LookupReader {
  private static final String TABLE = "table";
  private static final String SELECT = "select";
  private static final String WHERE = "where";
  private static final String MAX = "max";
  private static final List<String> PARTS = List.of(TABLE, SELECT, WHERE, MAX);
  private static final String EXAMPLE =
      "regions: {table: staff_region, select: region, where: {staff_id: \"${claims.sub}\"}}";

  private static final int DEFAULT_MOST = 1_000;

  /** A larger list of values would not fit into a condition. */
  private static final int LARGEST_MOST = 10_000;

  private final List<String> problems;

  LookupReader(List<String> problems) {
    this.problems = problems;
  }

  Map<String, Lookup> read(JsonNode json) {
    Map<String, Lookup> lookups = new HashMap<>();
    if (!json.isObject()) {
      problems.add("lookups must be a map of names to lookups, such as " + EXAMPLE);
      return lookups;
    }
    json.forEachEntry((name, lookup) -> {
      Lookup read = lookup(name, lookup);
      if (read != null) {
        lookups.put(name, read);
      }
    });
    return lookups;
  }

  private @Nullable Lookup lookup(String name, JsonNode json) {
    String path = "lookups." + name;
    int before = problems.size();
    if (!name.matches("[A-Za-z0-9_-]+")) {
      problems.add(path + ": a name has only letters, digits, _ and -");
    }
    for (String part : json.propertyNames()) {
      if (!PARTS.contains(part)) {
        problems.add(
            "%s.%s is not a part of a lookup; did you mean %s?"
                .formatted(path, part, Nearest.to(part, PARTS)));
      }
    }
    String table = text(path, json, TABLE);
    String select = text(path, json, SELECT);
    RowTemplate where = where(path + "." + WHERE, json.path(WHERE));
    int most = most(path + "." + MAX, json.get(MAX));
    return problems.size() > before || where == null
        ? null
        : new Lookup(name, table, select, where, most);
  }

  private String text(String path, JsonNode json, String name) {
    String text = json.path(name).asString("");
    if (text.isEmpty()) {
      problems.add("%s must have a %s, as in %s".formatted(path, name, EXAMPLE));
    }
    return text;
  }

  private @Nullable RowTemplate where(String path, JsonNode json) {
    try {
      RowTemplate where = new RowTemplate(json);
      if (!where.lookups().isEmpty()) {
        problems.add(path + " must not have a lookup: lookups are one level deep");
      } else if (where.claims().isEmpty()) {
        problems.add(
            path
                + " must test a claim, as in {staff_id: \"${claims.sub}\"}, or all clients would have the same set");
      }
      return where;
    } catch (IllegalArgumentException e) {
      problems.add(path + " " + e.getMessage());
      return null;
    }
  }

  private int most(String path, @Nullable JsonNode json) {
    String digits = json == null ? String.valueOf(DEFAULT_MOST) : json.asString("");
    if (digits.matches("[0-9]{1,5}")) {
      int most = Integer.parseInt(digits);
      if (most >= 1 && most <= LARGEST_MOST) {
        return most;
      }
    }
    problems.add("%s must be a number from 1 to %d, not %s".formatted(path, LARGEST_MOST, json));
    return DEFAULT_MOST;
  }
}
