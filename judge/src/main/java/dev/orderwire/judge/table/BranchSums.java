package dev.orderwire.judge.table;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sum of all balances of each branch, which transfers never change. */
public final class BranchSums {
  private final Map<String, BigDecimal> ofBranch;

  public BranchSums(Map<String, BigDecimal> ofBranch) {
    this.ofBranch = Map.copyOf(ofBranch);
  }

  public static BranchSums read(Database database) throws SQLException {
    Map<String, BigDecimal> ofBranch = new HashMap<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT branch, SUM(balance) FROM account GROUP BY branch")) {
      while (rows.next()) {
        ofBranch.put(rows.getString(1), rows.getBigDecimal(2));
      }
    }
    return new BranchSums(ofBranch);
  }

  /** The sum that a view must always show; null where the view is not of whole branches. */
  public @Nullable BigDecimal of(ViewSpec view) {
    if (!view.table().equals("account")
        || (view.columns() != null && !view.columns().contains("balance"))) {
      return null;
    }
    return switch (view.filter()) {
      case null -> ofBranch.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
      case Filter.Compare(Filter.Field field, Filter.Operator operator, String value)
          when field.name().equals("branch") && operator == Filter.Operator.EQ ->
          ofBranch.get(value);
      default -> null;
    };
  }
}
