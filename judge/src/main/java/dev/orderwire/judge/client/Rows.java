package dev.orderwire.judge.client;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rows that a client shows, and the sum of their balances. For one thread at a time. */
public final class Rows {
  private record Row(String text, @Nullable BigDecimal balance) {}

  private final Map<String, Row> rows = new HashMap<>();
  private BigDecimal sum = BigDecimal.ZERO;

  Rows() {}

  Rows(Rows other) {
    rows.putAll(other.rows);
    sum = other.sum;
  }

  void clear() {
    rows.clear();
    sum = BigDecimal.ZERO;
  }

  void put(String key, String text, JsonNode row) {
    JsonNode cell = row.path("balance");
    BigDecimal balance = cell.isString() ? new BigDecimal(cell.stringValue()) : null;
    subtract(rows.put(key, new Row(text, balance)));
    if (balance != null) {
      sum = sum.add(balance);
    }
  }

  void remove(String key) {
    subtract(rows.remove(key));
  }

  private void subtract(@Nullable Row row) {
    if (row != null && row.balance() != null) {
      sum = sum.subtract(row.balance());
    }
  }

  /** The row as text; null where no row has this key. */
  public @Nullable String text(String key) {
    Row row = rows.get(key);
    return row == null ? null : row.text();
  }

  public Iterable<String> keys() {
    return rows.keySet();
  }

  int size() {
    return rows.size();
  }

  BigDecimal sum() {
    return sum;
  }
}
