package dev.orderwire.demo;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The life of the sample orders: they are placed, changed, paid, shipped, delivered or cancelled,
 * and deleted when there are many. The shop touches only the orders of its own customers, and none
 * whose status another writer has changed meanwhile. Not thread-safe.
 *
 * <p>The first order is never touched again: the README's {@code UPDATE orders SET status =
 * 'shipped' WHERE id = 1} must find it pending.
 */
final class SampleShop {
  private static final long ORDER_OF_THE_README = 1;
  private static final int MAX_ORDERS = 200;

  private static final List<String> CUSTOMERS =
      List.of(
          "Ada Byron",
          "Béla Kovács",
          "Chiara Rossi",
          "Dai Nguyễn",
          "Emeka Obi",
          "Freya Lind",
          "Grace Kim",
          "Hugo Dubois",
          "İpek Yılmaz",
          "Jörg Weiß",
          "Kenji Sato 佐藤",
          "Lena O'Neill");

  private record Product(String name, BigDecimal price) {
    Product(String name, String price) {
      this(name, new BigDecimal(price));
    }
  }

  private static final List<Product> PRODUCTS =
      List.of(
          new Product("Laptop", "1249.00"),
          new Product("27\" Monitor", "329.90"),
          new Product("Mechanical keyboard", "119.50"),
          new Product("Mouse", "39.95"),
          new Product("Headphones", "189.00"),
          new Product("USB-C hub", "54.90"),
          new Product("Webcam", "79.00"),
          new Product("Desk lamp", "64.25"),
          new Product("Standing desk", "549.00"),
          new Product("SSD 2 TB", "144.99"));

  private record Order(long id, String status) {}

  private final Connection connection;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final List<Order> open = new ArrayList<>();
  private final Deque<Order> done = new ArrayDeque<>();
  private String actor = "";

  /** Continues with the orders that an earlier run left. */
  SampleShop(Connection connection) throws SQLException {
    this.connection = connection;
    String customers = String.join(",", Collections.nCopies(CUSTOMERS.size(), "?"));
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, status FROM orders WHERE id > ? AND customer_name IN ("
                + customers
                + ") ORDER BY id")) {
      select.setLong(1, ORDER_OF_THE_README);
      for (int i = 0; i < CUSTOMERS.size(); i++) {
        select.setString(i + 2, CUSTOMERS.get(i));
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          track(new Order(rows.getLong(1), rows.getString(2)));
        }
      }
    }
  }

  /** Places a new order and advances some earlier ones, each in a transaction of its own. */
  void step() throws SQLException {
    place();
    // An order takes three steps on average. Some picks are blanks, so that orders stay open for a
    // while: with about 50 of them open, as many are done as are placed.
    for (int i = 0; i < 4; i++) {
      int picked = random.nextInt(open.size() + 18);
      if (picked < open.size()) {
        advance(open.remove(picked));
      }
    }
    while (open.size() + done.size() > MAX_ORDERS && !done.isEmpty()) {
      delete(done.removeFirst());
    }
  }

  private void track(Order order) {
    switch (order.status()) {
      case "pending", "paid", "shipped" -> open.add(order);
      case "delivered", "cancelled" -> done.addLast(order);
      default -> {
        // Another writer has set a status of its own, so the shop leaves the order alone.
      }
    }
  }

  private void place() throws SQLException {
    actAs("web shop");
    Product product = PRODUCTS.get(random.nextInt(PRODUCTS.size()));
    int quantity = 1 + random.nextInt(3);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO orders (customer_name, product_name, quantity, amount) VALUES (?, ?, ?, ?)",
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, CUSTOMERS.get(random.nextInt(CUSTOMERS.size())));
      insert.setString(2, product.name());
      insert.setInt(3, quantity);
      insert.setBigDecimal(4, product.price().multiply(BigDecimal.valueOf(quantity)));
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        keys.next();
        long id = keys.getLong(1);
        if (id != ORDER_OF_THE_README) {
          track(new Order(id, "pending"));
        }
      }
    }
  }

  private void advance(Order order) throws SQLException {
    if (order.status().equals("pending") && random.nextInt(5) == 0) {
      addOne(order);
      return;
    }
    boolean cancelled = !order.status().equals("shipped") && random.nextInt(10) == 0;
    String status = cancelled ? "cancelled" : next(order.status());
    actAs(
        switch (status) {
          case "paid" -> "payments";
          case "shipped" -> "warehouse";
          case "delivered" -> "courier";
          default -> "Anna (support)";
        });
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE orders SET status = ? WHERE id = ? AND status = ?")) {
      update.setString(1, status);
      update.setLong(2, order.id());
      update.setString(3, order.status());
      if (update.executeUpdate() == 1) {
        track(new Order(order.id(), status));
      }
    }
  }

  /** The next status of an open order that is not cancelled. */
  private static String next(String status) {
    return switch (status) {
      case "pending" -> "paid";
      case "paid" -> "shipped";
      default -> "delivered";
    };
  }

  /** Adds one to the order's quantity, as if the customer had asked for one more. */
  private void addOne(Order order) throws SQLException {
    actAs("Anna (support)");
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE orders SET amount = amount / quantity * (quantity + 1), quantity = quantity + 1"
                + " WHERE id = ? AND status = ? AND quantity > 0")) {
      update.setLong(1, order.id());
      update.setString(2, order.status());
      if (update.executeUpdate() == 1) {
        track(order);
      }
    }
  }

  private void delete(Order order) throws SQLException {
    actAs("cleanup");
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM orders WHERE id = ? AND status = ?")) {
      delete.setLong(1, order.id());
      delete.setString(2, order.status());
      delete.executeUpdate();
    }
  }

  /** Sets the actor that the change log records for the following changes. */
  private void actAs(String name) throws SQLException {
    if (!name.equals(actor)) {
      try (PreparedStatement set = connection.prepareStatement("SET @orderwire_actor = ?")) {
        set.setString(1, name);
        set.execute();
      }
      actor = name;
    }
  }
}
