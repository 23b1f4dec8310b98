package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReconnectTest {
  @Test
  void afterARestartOfAKilledServerTheScreenShowsTheMissedChanges(@TempDir Path home)
      throws SQLException {
    Demo killed = Demo.start(home);
    ProcessHandle orphan = killed.mysqld();
    try (killed;
        Chromium chromium = Chromium.start();
        Screen screen = chromium.open(killed.dashboard()).awaitState("Live")) {
      // MySQL outlives the killed server, so orders can change meanwhile.
      try (OrdersTable orders = new OrdersTable(killed)) {
        insert(orders, "Ada");
        insert(orders, "Dai");
        assertThat(screen.rows()).hasCount(2);

        killed.command().kill();
        screen.awaitState("Reconnecting");
        assertThat(screen.rows()).hasCount(2);
        screen.screenshot("dashboard-reconnecting");
        orders.execute("UPDATE orders SET status = 'shipped' WHERE customer_name = 'Ada'");
        orders.execute("DELETE FROM orders WHERE customer_name = 'Dai'");
        insert(orders, "Freya");
      }

      try (Demo restarted = Demo.start(home, killed.dashboard().getPort());
          OrdersTable orders = new OrdersTable(restarted)) {
        screen.awaitState("Live");
        assertThat(screen.events()).hasCount(5);
        assertThat(screen.table(2)).isEqualTo(orders.table());
        assertThat(screen.cell(1, "status")).hasText("shipped");
        assertThat(screen.events().nth(0)).hasText(Pattern.compile("insert.*id 3.*Freya"));
        assertThat(screen.events().nth(1)).hasText(Pattern.compile("delete.*id 2.*Dai"));
        assertThat(screen.events().nth(2)).hasText(Pattern.compile("update.*id 1.*→ shipped"));

        // New changes arrive, too.
        insert(orders, "Grace");
        assertThat(screen.cell(4, "customer_name")).hasText("Grace");
        assertThat(screen.page().locator("#received")).hasText("6");
        assertThat(screen.page().locator("#reconnects")).hasText("1 reconnect");
        assertThat(screen.loads()).isEqualTo(1);
        // The browser reports the failed attempts to connect, and nothing else.
        assertThat(screen.problems())
            .allMatch(problem -> problem.startsWith("error: WebSocket connection to"));
      }
    } finally {
      orphan.destroy();
    }
  }

  private static void insert(OrdersTable orders, String customer) throws SQLException {
    orders.execute(
        "INSERT INTO orders (customer_name, product_name) VALUES (?, 'Laptop')", customer);
  }
}
