package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DashboardTest {
  private static final int SHOPPERS = 3;

  private static Demo demo;
  private static Chromium chromium;

  private OrdersTable orders;

  @BeforeAll
  static void start(@TempDir Path folder) {
    demo = Demo.start(folder);
    chromium = Chromium.start();
  }

  @AfterAll
  static void end() {
    chromium.close();
    demo.close();
  }

  @BeforeEach
  void clearOrders() throws SQLException {
    orders = new OrdersTable(demo);
    orders.clear();
  }

  @AfterEach
  void closeOrders() throws SQLException {
    orders.close();
  }

  private static Screen openLive() {
    return chromium.open(demo.dashboard()).awaitState("Live");
  }

  @Test
  void theStatementsOfTheReadmeShowWithoutAReload() throws SQLException {
    try (Screen screen = openLive()) {
      screen.recordMarks();
      assertThat(screen.page().locator("#rows-empty")).hasText("No rows yet.");

      orders.execute(
          "INSERT INTO orders (customer_name, product_name, status)"
              + " VALUES ('John Doe', 'Laptop', 'pending')");

      assertThat(screen.cell(1, "customer_name")).hasText("John Doe");
      assertThat(screen.cell(1, "product_name")).hasText("Laptop");
      assertThat(screen.cell(1, "status")).hasText("pending");
      assertThat(screen.events()).hasCount(1);
      assertThat(screen.events().first())
          .hasText(Pattern.compile("insert.*id 1.*John Doe.*Laptop.*by orderwire@"));

      orders.execute("UPDATE orders SET status = 'shipped' WHERE id = 1");

      assertThat(screen.cell(1, "status")).hasText("shipped");
      assertThat(screen.events()).hasCount(2);
      assertThat(screen.events().first())
          .hasText(Pattern.compile("update.*id 1.*status pending → shipped by orderwire@"));
      assertThat(screen.page().locator("#row-count")).hasText("1");
      assertThat(screen.page().locator("#received")).hasText("2");
      assertThat(screen.page().locator("#delay")).hasText(Pattern.compile("\\d"));
      // A mark appears with the new value, and disappears by itself.
      assertThat(screen.rows().locator(".changed")).hasCount(0);
      assertThat(screen.marks())
          .containsExactlyInAnyOrder("1 row entered", "1 status changed", "1 updated_at changed");
      assertThat(screen.loads()).isEqualTo(1);
      assertThat(screen.problems()).isEmpty();
    }
  }

  @Test
  void aDeletedRowDisappearsAndItsEventShowsItsValues() throws SQLException {
    orders.execute("INSERT INTO orders (customer_name, product_name) VALUES ('Ada', 'Mouse')");
    try (Screen screen = openLive()) {
      assertThat(screen.rows()).hasCount(1);
      screen.recordMarks();

      orders.execute("SET @orderwire_actor = 'Anna (support)'");
      orders.execute("DELETE FROM orders WHERE id = 1");

      assertThat(screen.events().first())
          .hasText(Pattern.compile("delete.*id 1.*Ada.*Mouse.*by Anna \\(support\\)"));
      assertThat(screen.page().locator("#rows tr")).hasCount(0);
      assertThat(screen.marks()).containsExactly("1 row leaving");
      assertThat(screen.problems()).isEmpty();
    }
  }

  @Test
  void theScreenEqualsTheTableAfterManyChangesByManyWriters() throws Exception {
    orders.execute(
        "INSERT INTO orders (id, customer_name, product_name) VALUES "
            + IntStream.range(0, RandomShopper.SHARED_ORDERS)
                .mapToObj(
                    i -> "(%d, 'Ada', 'Mouse')".formatted(RandomShopper.FIRST_SHARED_ORDER + i))
                .collect(Collectors.joining(",")));
    try (Screen screen = openLive()) {
      assertThat(screen.page().locator("#row-count"))
          .hasText(String.valueOf(RandomShopper.SHARED_ORDERS));

      runShoppers();
      orders.execute("INSERT INTO orders (customer_name, product_name) VALUES ('The', 'last')");

      assertThat(screen.events().first()).containsText("The · last");
      Map<String, List<String>> table = orders.table();
      assertThat(table).hasSizeBetween(100, 250);
      assertThat(screen.table(table.size())).isEqualTo(table);
      assertThat(screen.loads()).isEqualTo(1);
      assertThat(screen.problems()).isEmpty();

      // A screen that is opened now shows the same.
      try (Screen later = openLive()) {
        assertThat(later.table(table.size())).isEqualTo(table);
      }
    }
  }

  private static void runShoppers() throws Exception {
    List<Connection> connections = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<RandomShopper> shoppers = new ArrayList<>();
      for (int number = 0; number < SHOPPERS; number++) {
        Connection connection = demo.connect();
        connections.add(connection);
        shoppers.add(new RandomShopper(connection, number));
      }
      for (Future<Integer> shopper : threads.invokeAll(shoppers)) {
        assertThat(shopper.get()).isGreaterThan(90);
      }
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  @Test
  void onlyTheNewestRowsAreShownButAllAreCounted() throws SQLException {
    try (Screen screen = openLive()) {
      orders.execute(
          "INSERT INTO orders (customer_name, product_name) VALUES "
              + String.join(",", Collections.nCopies(300, "('Ada', 'Mouse')")));

      assertThat(screen.page().locator("#row-count")).hasText("300");
      assertThat(screen.page().locator("#shown")).hasText("the newest 250 of 300");
      screen.scrollRows();
      assertThat(screen.rows().locator("td[data-label=id]"))
          .hasText(
              IntStream.iterate(300, id -> id > 50, id -> id - 1)
                  .mapToObj(String::valueOf)
                  .toArray(String[]::new));

      // A deleted row makes room for the next older one.
      orders.execute("DELETE FROM orders WHERE id = 200");
      assertThat(screen.row(50)).hasCount(1);
      assertThat(screen.rows()).hasCount(250);
    }
  }

  @Test
  void htmlInDataIsShownAsText() throws SQLException {
    String script = "<script>window.broken = true</script>";
    String image = "\"'><img src=x onerror='window.broken = true'>";
    String entity = "it's &amp; \"<b>\"";
    try (Screen screen = openLive()) {
      orders.execute("SET @orderwire_actor = '<i>Anna</i>'");
      orders.execute(
          "INSERT INTO orders (customer_name, product_name, status) VALUES (?, ?, ?)",
          script,
          image,
          entity);
      orders.execute("UPDATE orders SET product_name = ?, customer_name = ?", script, image);

      assertThat(screen.cell(1, "customer_name")).hasText(image);
      assertThat(screen.cell(1, "product_name")).hasText(script);
      assertThat(screen.cell(1, "status")).hasText(entity);
      Locator update = screen.events().first();
      assertThat(update).containsText("customer_name %s → %s".formatted(script, image));
      assertThat(update).containsText("product_name %s → %s".formatted(image, script));
      assertThat(update).containsText("by <i>Anna</i>");
      assertThat(screen.events().last()).containsText(entity);
      assertThat(screen.page().locator("main").locator("script, img, b, i")).hasCount(0);
      assertThat(screen.page().evaluate("window.broken")).isNull();
      assertThat(screen.problems()).isEmpty();
    }
  }

  @Test
  void timesAreShownInTheBrowsersTimeZone() throws SQLException {
    orders.execute(
        "INSERT INTO orders (customer_name, product_name, created_at)"
            + " VALUES ('Ada', 'Mouse', '2024-07-01 12:00:00.123456')");
    try (Screen screen =
        chromium.open(
            demo.dashboard(), new Browser.NewContextOptions().setTimezoneId("America/St_Johns"))) {
      assertThat(screen.cell(1, "created_at")).hasText("2024-07-01 09:30:00");
      assertThat(screen.cell(1, "created_at").locator("time"))
          .hasAttribute("title", "2024-07-01T12:00:00.123456Z");
    }
  }

  @Test
  void aPausedScreenDoesNotChangeAndThenShowsAllChanges() throws SQLException {
    orders.execute("INSERT INTO orders (customer_name, product_name) VALUES ('Ada', 'Mouse')");
    try (Screen screen = openLive()) {
      assertThat(screen.rows()).hasCount(1);
      screen.page().locator("#pause").click();
      orders.execute("UPDATE orders SET status = 'paid'");
      orders.execute("INSERT INTO orders (customer_name, product_name) VALUES ('Dai', 'Webcam')");

      assertThat(screen.page().locator("#received")).hasText("2");
      assertThat(screen.rows()).hasCount(1);
      assertThat(screen.cell(1, "status")).hasText("pending");
      assertThat(screen.events()).hasCount(0);

      screen.page().locator("#pause").click();
      assertThat(screen.rows()).hasCount(2);
      assertThat(screen.cell(1, "status")).hasText("paid");
      assertThat(screen.events()).hasCount(2);
    }
  }

  @Test
  void aClickOnAnEventScrollsToItsRow() throws SQLException {
    try (Screen screen = openLive()) {
      orders.execute(
          "INSERT INTO orders (customer_name, product_name) VALUES "
              + String.join(",", Collections.nCopies(100, "('Ada', 'Mouse')")));
      assertThat(screen.page().locator("#row-count")).hasText("100");
      assertThat(screen.row(1)).not().isInViewport();

      screen.events().last().locator("button").click();

      assertThat(screen.row(1)).isInViewport();
    }
  }

  @Test
  void thePageFitsWideAndNarrowScreensInLightAndDark() throws SQLException {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(1360, 800, 380)) {
        Browser.NewContextOptions options =
            new Browser.NewContextOptions().setViewportSize(width, 860).setColorScheme(scheme);
        orders.clear();
        sampleOrders();
        try (Screen screen = chromium.open(demo.dashboard(), options).awaitState("Live")) {
          orders.execute("INSERT INTO orders (customer_name, product_name) VALUES ('Zoë', 'Tea')");
          orders.execute(
              "UPDATE orders SET status = IF(status = 'paid', 'shipped', 'paid') WHERE id IN (9, 11)");
          assertThat(screen.events()).hasCount(3);
          assertThat(screen.page().locator("#delay")).hasText(Pattern.compile("\\d"));
          screen.screenshot(
              "dashboard-%d-%s".formatted(width, scheme.name().toLowerCase(Locale.ROOT)));

          assertThat(screen.page().evaluate("document.documentElement.scrollWidth"))
              .isEqualTo(width);
          assertThat(screen.problems()).isEmpty();
        }
      }
    }
  }

  private void sampleOrders() throws SQLException {
    String sql =
        "INSERT INTO orders (customer_name, product_name, quantity, amount, status) VALUES (?, ?, ?, ?, ?)";
    String[] statuses = {"pending", "paid", "shipped", "delivered", "cancelled"};
    for (int i = 1; i <= 12; i++) {
      orders.execute(sql, "Ada Byron", "Mechanical keyboard", i, i * 119.5, statuses[i % 5]);
    }
    orders.execute(
        sql, "Anna-Katharina ".repeat(6), "Long".repeat(60), 1, 99999999.99, "to be checked");
  }

  @Test
  void anUnknownTableIsReported() {
    try (Screen screen = chromium.open(URI.create(demo.dashboard() + "?table=nothing"))) {
      screen.awaitState("Closed");

      assertThat(screen.page().locator("#state-reason")).containsText("nothing");
      assertThat(screen.page().locator("#rows-empty"))
          .hasText("The view is closed: see the reason above.");
      assertThat(screen.problems()).isEmpty();
    }
  }
}
