package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

final class SchemaChangeTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void anOpenDashboardFollowsAnAlteredTableWithoutAReload(@TempDir Path home) throws SQLException {
    try (Demo demo = Demo.start(home);
        Chromium chromium = Chromium.start();
        OrdersTable orders = new OrdersTable(demo)) {
      for (String customer : List.of("Ada", "Dai", "Freya")) {
        orders.execute(
            "INSERT INTO orders (customer_name, product_name) VALUES (?, 'Laptop')", customer);
      }
      try (Screen screen = chromium.open(demo.dashboard()).awaitState("Live");
          OrderwireProcess tail =
              OrderwireProcess.start(home, "tail", "--snapshot", "--where", "{\"id\":1}")) {
        assertThat(screen.rows()).hasCount(3);
        assertThat(JSON.readTree(tail.nextLine()).at("/row").has("status")).isTrue();

        sql(home, "ALTER TABLE orders ADD COLUMN priority INT DEFAULT 1");
        assertThat(screen.columns().last()).hasText("priority");
        assertThat(screen.cell(3, "priority")).hasText("1");
        assertScreenEqualsTable(screen, orders);
        assertThat(JSON.readTree(tail.nextLine()).at("/reason").asString()).isEqualTo("schema");
        assertThat(JSON.readTree(tail.nextLine()).at("/row/priority").asInt()).isEqualTo(1);

        sql(home, "UPDATE orders SET priority = 7 WHERE id = 2");
        assertThat(screen.cell(2, "priority")).hasText("7");
        assertThat(screen.events().first()).containsText("priority 1 → 7");
        screen.screenshot("dashboard-altered");

        sql(home, "ALTER TABLE orders RENAME COLUMN priority TO urgency");
        assertThat(screen.columns().last()).hasText("urgency");
        assertScreenEqualsTable(screen, orders);

        sql(home, "ALTER TABLE orders MODIFY COLUMN urgency VARCHAR(9)");
        assertThat(screen.columns().last()).not().hasClass("number");
        sql(home, "UPDATE orders SET urgency = 'high' WHERE id = 3");
        assertThat(screen.cell(3, "urgency")).hasText("high");
        assertScreenEqualsTable(screen, orders);

        sql(home, "ALTER TABLE orders DROP COLUMN urgency, DROP COLUMN status");
        assertThat(screen.columns().getByText("status")).hasCount(0);
        assertScreenEqualsTable(screen, orders);

        sql(home, "TRUNCATE TABLE orders");
        assertThat(screen.rows()).hasCount(0);
        assertThat(screen.page().locator("#row-count")).hasText("0");
        sql(home, "INSERT INTO orders (customer_name, product_name) VALUES ('Grace', 'Mouse')");
        assertThat(screen.cell(1, "customer_name")).hasText("Grace");
        assertScreenEqualsTable(screen, orders);

        screen.awaitState("Live");
        assertThat(screen.loads()).isEqualTo(1);
        assertThat(screen.problems()).isEmpty();
      }
    }
  }

  @Test
  void tailEndsWithTheReasonIfItsColumnIsDropped(@TempDir Path home) {
    try (Demo demo = Demo.start(home)) {
      sql(home, "ALTER TABLE orders ADD COLUMN gone INT");
      sql(home, "INSERT INTO orders (customer_name, product_name, gone) VALUES ('Ada', 'Tea', 1)");
      try (OrderwireProcess tail =
          OrderwireProcess.start(
              home,
              "tail",
              "--snapshot",
              "--where",
              "{\"gone\":1}",
              "--url",
              demo.websocket().toString())) {
        assertThat(JSON.readTree(tail.nextLine()).at("/row/gone").asInt()).isEqualTo(1);
        sql(home, "ALTER TABLE orders DROP COLUMN gone");

        assertThat(tail.exitCode()).isOne();
        assertThat(tail.err()).contains("no column \"gone\"").doesNotContain("\tat ");
      }
    }
  }

  private static void sql(Path home, String statement) {
    OrderwireProcess.run(home, "sql", statement);
  }

  private static void assertScreenEqualsTable(Screen screen, OrdersTable orders)
      throws SQLException {
    Map<String, List<String>> table = orders.table();
    assertThat(screen.columns()).hasText(orders.columns().toArray(String[]::new));
    assertThat(screen.table(table.size())).isEqualTo(table);
  }
}
