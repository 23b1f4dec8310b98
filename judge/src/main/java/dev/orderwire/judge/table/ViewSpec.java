package dev.orderwire.judge.table;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The definition of a view: what a client subscribes to.
 *
 * @param role the role that the client names; null for none
 * @param filter null for all rows
 * @param columns null for all columns
 */
public record ViewSpec(
    String table, @Nullable String role, @Nullable Filter filter, @Nullable List<String> columns) {
  /** A view whose client names no role. */
  public ViewSpec(String table, @Nullable Filter filter, @Nullable List<String> columns) {
    this(table, null, filter, columns);
  }

  public boolean matches(JsonNode row) {
    return filter == null || Boolean.TRUE.equals(filter.test(row));
  }

  /** Whether it names a column that a schema change may drop. */
  public boolean namesExtraColumns() {
    return columns != null && columns.stream().anyMatch(name -> name.startsWith("x"));
  }

  public String sqlCondition() {
    return filter == null ? "TRUE" : filter.sql();
  }

  /** The {@code subscribe} message. */
  public ObjectNode subscribeMessage(String ref, @Nullable String since, boolean snapshot) {
    ObjectNode message = Json.object().put("type", "subscribe").put("ref", ref).put("table", table);
    if (role != null) {
      message.put("role", role);
    }
    if (filter != null) {
      message.set("where", filter.json());
    }
    if (columns != null) {
      columns.forEach(message.putArray("columns")::add);
    }
    if (since != null) {
      message.put("since", since);
    }
    return snapshot ? message.put("snapshot", true) : message;
  }

  /** The subscription as URL parameters. */
  public String query(@Nullable String since, boolean snapshot) {
    StringBuilder query = new StringBuilder("table=").append(table);
    if (role != null) {
      query.append("&role=").append(role);
    }
    if (filter != null) {
      query
          .append("&where=")
          .append(URLEncoder.encode(filter.json().toString(), StandardCharsets.UTF_8));
    }
    if (columns != null) {
      query.append("&columns=").append(String.join(",", columns));
    }
    if (since != null) {
      query.append("&since=").append(since);
    }
    return query.append(snapshot ? "&snapshot=true" : "").toString();
  }
}
