package dev.orderwire.testing;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of the change log, as plain SQL shows it. */
public record Logged(
    String table,
    String op,
    @Nullable String key,
    @Nullable String before,
    @Nullable String after,
    String actor) {

  public static List<Logged> all(TestDatabase database) {
    return database
        .query(
            "SELECT table_name, op, row_key, row_before, row_after, actor FROM orderwire_change_log"
                + " ORDER BY id")
        .stream()
        .map(row ->
            new Logged(
                Objects.requireNonNull(row.get(0)),
                Objects.requireNonNull(row.get(1)),
                row.get(2),
                row.get(3),
                row.get(4),
                Objects.requireNonNull(row.get(5))))
        .toList();
  }

  /** Op, key, before and after as one text, with single quotes, for short expectations. */
  public static List<String> texts(TestDatabase database) {
    return all(database).stream()
        .map(row ->
            "%s %s: %s -> %s".formatted(row.op, row.key, row.before, row.after).replace('"', '\''))
        .toList();
  }

  public static void forget(TestDatabase database) {
    database.execute("DELETE FROM orderwire_change_log");
  }
}
