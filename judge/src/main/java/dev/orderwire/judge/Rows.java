package dev.orderwire.judge;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rows that a client shows, and the sum of their balances. For one thread at a time. */
final class Rows {
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
    JsonNode balance = row.path("balance");
    replaced(
        rows.put(
            key, new Row(text, balance.isString() ? new BigDecimal(balance.stringValue()) : null)));
    if (balance.isString()) {
      sum = sum.add(new BigDecimal(balance.stringValue()));
    }
  }

  void remove(String key) {
    replaced(rows.remove(key));
  }

  private void replaced(@Nullable Row row) {
    if (row != null && row.balance() != null) {
      sum = sum.subtract(row.balance());
    }
  }

  /** What is shown of a row; null where it is not shown. */
  @Nullable String text(String key) {
    Row row = rows.get(key);
    return row == null ? null : row.text();
  }

  Iterable<String> keys() {
    return rows.keySet();
  }

  int size() {
    return rows.size();
  }

  BigDecimal sum() {
    return sum;
  }
}
