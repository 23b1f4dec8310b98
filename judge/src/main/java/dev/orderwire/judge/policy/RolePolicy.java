package dev.orderwire.judge.policy;

import dev.orderwire.judge.table.Column;
import dev.orderwire.judge.table.Filter;
import dev.orderwire.judge.table.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one role may see of one table.
 *
 * @param rows null for all rows
 * @param columns null for all columns, also those that schema changes add
 * @param masks by column
 */
record RolePolicy(
    String table,
    String role,
    @Nullable RowRule rows,
    @Nullable List<String> columns,
    Map<Column, Mask> masks) {
  /** Whether a lookup decides which rows clients see. */
  boolean asksLookup() {
    return rows instanceof RowRule.InLookup;
  }

  JsonNode setting() {
    ObjectNode setting = Json.object();
    if (rows == null) {
      setting.put("rows", "all");
    } else {
      setting.set("rows", rows.setting());
    }
    if (columns != null) {
      ArrayNode names = setting.putArray("columns");
      columns.forEach(names::add);
    }
    if (!masks.isEmpty()) {
      ObjectNode each = setting.putObject("mask");
      masks.forEach((column, mask) -> each.set(column.name(), mask.setting()));
    }
    return setting;
  }

  /** The rows for these claims; null for all. */
  @Nullable Filter filter(Map<String, JsonNode> claims) {
    if (rows == null) {
      return null;
    }
    Filter filter = rows.filter(claims);
    return filter == null ? new Filter.Nothing() : filter;
  }
}
