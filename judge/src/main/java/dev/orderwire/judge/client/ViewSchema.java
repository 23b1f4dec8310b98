package dev.orderwire.judge.client;

import static java.util.stream.Collectors.joining;

import dev.orderwire.judge.table.Column;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The columns and key of a view. It formats rows and changes as text, so that they can be compared.
 *
 * @param key the names of the key columns
 */
public record ViewSchema(List<String> key, List<Column> columns) {
  /** Reads a {@code subscribed} or {@code reset} message. */
  static ViewSchema of(JsonNode message) {
    List<String> key = new ArrayList<>();
    message.path("key").forEach(name -> key.add(name.asString()));
    List<Column> columns = new ArrayList<>();
    message
        .path("columns")
        .forEach(column ->
            columns.add(
                new Column(column.path("name").asString(), column.path("type").asString())));
    return new ViewSchema(key, columns);
  }

  /** Formats a key, out of a row or a {@code key} object. */
  public String key(JsonNode cells) {
    return columns.stream()
        .filter(column -> key.contains(column.name()))
        .map(column -> column.name() + "=" + column.of(cells.get(column.name())))
        .collect(joining("|"));
  }

  public String row(JsonNode row) {
    return columns.stream()
        .map(column -> column.name() + "=" + column.of(row.get(column.name())))
        .collect(joining("|"));
  }

  /** Formats the old values of the columns that differ. */
  public String changed(JsonNode before, JsonNode after) {
    return columns.stream()
        .filter(column ->
            !column.of(before.get(column.name())).equals(column.of(after.get(column.name()))))
        .map(column -> column.name() + "=" + column.of(before.get(column.name())))
        .collect(joining("|"));
  }

  /** Formats a change out of a message. */
  String change(JsonNode change) {
    JsonNode old = change.path("old");
    return change(
        change.path("op").asString(),
        key(change.path("key")),
        change.path("row").isNull() ? null : row(change.path("row")),
        old.isNull()
            ? null
            : columns.stream()
                .filter(column -> old.has(column.name()))
                .map(column -> column.name() + "=" + column.of(old.get(column.name())))
                .collect(joining("|")));
  }

  public static String change(String op, String key, @Nullable String row, @Nullable String old) {
    return "%s %s row %s old %s".formatted(op, key, row, old);
  }
}
