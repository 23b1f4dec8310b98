package dev.orderwire.judge;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the balances of each branch add up to, whatever is transferred. */
final class Sums {
  private final Map<String, BigDecimal> ofBranch;

  Sums(Map<String, BigDecimal> ofBranch) {
    this.ofBranch = Map.copyOf(ofBranch);
  }

  static Sums read(Database database) throws SQLException {
    Map<String, BigDecimal> ofBranch = new HashMap<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT branch, SUM(balance) FROM account GROUP BY branch")) {
      while (rows.next()) {
        ofBranch.put(rows.getString(1), rows.getBigDecimal(2));
      }
    }
    return new Sums(ofBranch);
  }

  /** The sum that a view must always show; null where it holds other rows than whole branches. */
  @Nullable BigDecimal of(Wish wish) {
    if (!wish.table().equals("account")
        || (wish.columns() != null && !wish.columns().contains("balance"))) {
      return null;
    }
    return switch (wish.filter()) {
      case null -> ofBranch.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
      case Filter.Compare(Filter.Field field, Filter.Operator operator, String value)
          when field.name().equals("branch") && operator == Filter.Operator.EQ ->
          ofBranch.get(value);
      default -> null;
    };
  }
}
