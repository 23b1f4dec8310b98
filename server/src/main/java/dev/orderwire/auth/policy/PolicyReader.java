package dev.orderwire.auth.policy;

import dev.orderwire.change.Nearest;
import dev.orderwire.view.Mask;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads policies out of the settings, and reports all that is wrong. */
final class PolicyReader {
  private static final String ROWS = "rows";
  private static final String COLUMNS = "columns";
  private static final String MASK = "mask";
  private static final String ACTOR = "actor";
  private static final String EXPLAIN = "explain";
  private static final String ADMIN = "admin";
  private static final List<String> PARTS = List.of(ROWS, COLUMNS, MASK, ACTOR, EXPLAIN, ADMIN);
  private static final int MOST_KEPT = 100;

  private final Seal seal;
  private final Set<String> lookups;
  private final List<String> problems;

  /**
   * @param lookups the names of all lookups
   */
  PolicyReader(Seal seal, Set<String> lookups, List<String> problems) {
    this.seal = seal;
    this.lookups = lookups;
    this.problems = problems;
  }

  Map<String, Map<String, RolePolicy>> read(JsonNode json) {
    Map<String, Map<String, RolePolicy>> tables = new HashMap<>();
    if (isMap("policies", json, "tables, such as {orders: {customer: {rows: all}}}")) {
      json.forEachEntry((table, roles) -> tables.put(table, roles(table, roles)));
    }
    return tables;
  }

  private Map<String, RolePolicy> roles(String table, JsonNode json) {
    Map<String, RolePolicy> roles = new HashMap<>();
    String path = "policies." + table;
    if (isMap(path, json, "roles, such as {customer: {rows: all}}")) {
      json.forEachEntry((role, policy) -> {
        RolePolicy read = policy(table, path + "." + role, policy);
        if (read != null) {
          roles.put(role, read);
        }
      });
    }
    return roles;
  }

  private @Nullable RolePolicy policy(String table, String path, JsonNode json) {
    if (!isMap(path, json, String.join(", ", PARTS))) {
      return null;
    }
    for (String name : json.propertyNames()) {
      if (!PARTS.contains(name)) {
        problems.add(
            "%s.%s is not a part of a policy; did you mean %s?"
                .formatted(path, name, Nearest.to(name, PARTS)));
      }
    }
    JsonNode rows = json.get(ROWS);
    if (rows == null) {
      problems.add(
          path
              + " must say its rows: a condition such as {customer_id: \"${claims.sub}\"}, or all");
      return null;
    }
    return new RolePolicy(
        rows(path + "." + ROWS, rows),
        columns(path + "." + COLUMNS, json.get(COLUMNS)),
        masks(table, path + "." + MASK, json.get(MASK)),
        flag(path + "." + ACTOR, json.get(ACTOR)),
        flag(path + "." + EXPLAIN, json.get(EXPLAIN)),
        flag(path + "." + ADMIN, json.get(ADMIN)));
  }

  private @Nullable RowTemplate rows(String path, JsonNode json) {
    if (json.isString() && json.stringValue().equals("all")) {
      return null;
    }
    if (!json.isObject() || json.isEmpty()) {
      // An empty condition would be a forgotten one: all rows are said by name.
      problems.add(path + " must be a condition, or all");
      return new RowTemplate(json);
    }
    try {
      RowTemplate template = new RowTemplate(json);
      for (String name : template.lookups()) {
        if (!lookups.contains(name)) {
          problems.add(
              lookups.isEmpty()
                  ? "%s has ${lookup.%s}, but there are no lookups".formatted(path, name)
                  : "%s has ${lookup.%s}; did you mean ${lookup.%s}?"
                      .formatted(path, name, Nearest.to(name, lookups)));
        }
      }
      return template;
    } catch (IllegalArgumentException e) {
      problems.add(path + " " + e.getMessage());
      return null;
    }
  }

  private @Nullable Set<String> columns(String path, @Nullable JsonNode json) {
    if (json == null || (json.isString() && json.stringValue().equals("*"))) {
      return null;
    }
    Set<String> names = new HashSet<>();
    if (!json.isArray() || json.isEmpty()) {
      problems.add(path + " must be a list of names, or \"*\"");
    }
    for (JsonNode name : json) {
      if (name.isString()) {
        names.add(name.stringValue());
      } else {
        problems.add("%s must be a list of names, but has %s".formatted(path, name));
      }
    }
    return names;
  }

  private Map<String, Mask> masks(String table, String path, @Nullable JsonNode json) {
    Map<String, Mask> masks = new HashMap<>();
    if (json != null && isMap(path, json, "columns, such as {email: hash}")) {
      json.forEachEntry(
          (column, mask) -> masks.put(column, mask(table, column, path + "." + column, mask)));
    }
    return masks;
  }

  private Mask mask(String table, String column, String path, JsonNode json) {
    if (json.isString() && json.stringValue().equals(HashMask.NAME)) {
      return new HashMask(seal, table, column);
    }
    JsonNode count = json.get(KeepLastMask.NAME);
    // A number may stand in quotes, or without.
    String digits = count == null || json.size() != 1 ? "" : count.asString("");
    if (digits.matches("[0-9]{1,3}") && Integer.parseInt(digits) <= MOST_KEPT) {
      return new KeepLastMask(Integer.parseInt(digits));
    }
    problems.add(
        "%s must be hash, or {keep-last: 2} with up to %d, not %s"
            .formatted(path, MOST_KEPT, json));
    return new KeepLastMask(0);
  }

  private boolean flag(String path, @Nullable JsonNode json) {
    String text = json == null ? "false" : json.asString("");
    if (!text.equals("true") && !text.equals("false")) {
      problems.add("%s must be true or false, not %s".formatted(path, json));
    }
    return text.equals("true");
  }

  private boolean isMap(String path, JsonNode json, String of) {
    if (!json.isObject()) {
      problems.add("%s must be a map of %s".formatted(path, of));
    }
    return json.isObject();
  }
}
