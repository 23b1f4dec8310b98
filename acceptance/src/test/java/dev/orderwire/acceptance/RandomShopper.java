package dev.orderwire.acceptance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Changes orders at random, while others do the same: inserts, updates, deletes and rollbacks. It
 * does the same for the same number.
 */
final class RandomShopper implements Callable<Integer> {
  /** The id of the first of the existing orders that all shoppers change. */
  static final int FIRST_SHARED_ORDER = 1_001;

  static final int SHARED_ORDERS = 60;

  private static final int TRANSACTIONS = 120;

  private static final List<String> TEXTS =
      List.of(
          "John Doe",
          "Lena O'Neill \"the \\ great\"",
          "<b>bold</b> &amp; <script>alert(1)</script>",
          "佐藤 Kenji 🛒",
          "  two  spaces  ",
          "e\u0301 is not \u00e9",
          "line\nbreak\tand tab",
          "",
          "long ".repeat(50));
  private static final List<String> AMOUNTS =
      List.of("0.00", "-0.01", "99999999.99", "-99999999.99", "10.10", "1249.00");

  private final Connection connection;
  private final int number;
  private final SplittableRandom random;
  private int movedKeys;

  /**
   * @param connection a connection that nothing else uses
   * @param number 0, 1, 2…, different for each shopper: the seed
   */
  RandomShopper(Connection connection, int number) {
    this.connection = connection;
    this.number = number;
    this.random = new SplittableRandom(number);
  }

  /** Runs the transactions, and returns how many were committed. */
  @Override
  public Integer call() throws SQLException {
    connection.setAutoCommit(false);
    int committed = 0;
    for (int i = 0; i < TRANSACTIONS; i++) {
      change();
      if (random.nextInt(10) == 0) {
        connection.rollback();
      } else {
        connection.commit();
        committed++;
      }
    }
    return committed;
  }

  private void change() throws SQLException {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> insert();
      case 3 -> {
        insert();
        insert();
      }
      case 4, 5, 6 ->
          run(
              "UPDATE orders SET customer_name = ?, amount = ?, quantity = quantity + 1 WHERE id = ?",
              one(TEXTS),
              one(AMOUNTS),
              sharedOrder());
      case 7 ->
          run(
              "UPDATE orders SET id = ? WHERE id = ?",
              1 + number * TRANSACTIONS + movedKeys++,
              sharedOrder());
      default -> run("DELETE FROM orders WHERE id = ?", sharedOrder());
    }
  }

  private void insert() throws SQLException {
    run(
        "INSERT INTO orders (customer_name, product_name, amount, created_at) VALUES (?, ?, ?, ?)",
        one(TEXTS),
        one(TEXTS),
        one(AMOUNTS),
        "20%02d-03-28 01:59:59.%06d".formatted(random.nextInt(30), random.nextInt(1_000_000)));
  }

  private int sharedOrder() {
    return FIRST_SHARED_ORDER + random.nextInt(SHARED_ORDERS);
  }

  private String one(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }

  private void run(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
