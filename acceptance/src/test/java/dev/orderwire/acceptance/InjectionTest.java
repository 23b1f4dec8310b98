package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The names and values of a table cannot become markup or scripts in the dashboard; and if they
 * could, the browser would not run them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InjectionTest {
  private static final String TABLE = "<img src=x onerror=window.broken='table'>";
  private static final String KEY = "\"><script>window.broken='key'</script>";
  private static final String COLUMN = "' onload='window.broken=5' <b>";
  private static final String STATE = "<svg onload=window.broken='enum'>";
  private static final String VALUE = "</td></table><script>window.broken='value'</script>";
  private static final String ADDRESS = "javascript:window.broken='address'";

  private EmbeddedMysql mysql;
  private TestDatabase database;
  private OrderwireProcess serve;
  private Chromium chromium;
  private URI dashboard;

  @BeforeAll
  void start(@TempDir Path home, @TempDir Path data) {
    mysql = EmbeddedMysql.start(data, 0, List.of());
    database = TestDatabase.create(mysql, "shop");
    database.execute(
        "CREATE TABLE `%s` (`%s` VARCHAR(100) PRIMARY KEY, `%s` TEXT, status ENUM ('%s', 'b'), j JSON)"
            .formatted(TABLE, KEY, COLUMN, STATE.replace("'", "''")),
        insert(VALUE, VALUE));
    serve =
        OrderwireProcess.start(
            OrderwireProcess.launcher(),
            home,
            Map.of(
                "MYSQL_URL",
                "mysql://%s:%s@127.0.0.1:%d/shop"
                    .formatted(mysql.user(), mysql.password(), mysql.port()),
                "ORDERWIRE_TABLES",
                TABLE,
                "ORDERWIRE_SERVER_PORT",
                "0"),
            "serve");
    assertThat(serve.nextLine()).startsWith("websocket ");
    dashboard = URI.create(serve.nextLine().substring("dashboard ".length()));
    assertThat(serve.nextLine()).isEqualTo("ready");
    chromium = Chromium.start();
  }

  @AfterAll
  void end() {
    chromium.close();
    serve.close();
    mysql.close();
  }

  private static String insert(String key, String value) {
    return "INSERT INTO `%s` VALUES ('%s', '%s', 1, JSON_OBJECT('%s', '%s'))"
        .formatted(TABLE, quoted(key), quoted(value), quoted(key), quoted(value));
  }

  private static String quoted(String text) {
    return text.replace("'", "''");
  }

  private static void assertNothingRan(Screen screen) {
    assertThat(screen.page().evaluate("window.broken")).isNull();
    assertThat(screen.page().evaluate("document.scripts.length")).isEqualTo(1);
    assertThat(screen.page().locator("main").locator("script, img, b, [onload], [onerror], a"))
        .hasCount(0);
    // Violations of the policy are among them.
    assertThat(screen.problems()).isEmpty();
  }

  @Test
  void namesKeysAndValuesAreText() {
    try (Screen screen = chromium.open(dashboard).awaitState("Live")) {
      Locator first = screen.rows().first();
      assertThat(screen.page().locator("#table-name")).hasText(TABLE);
      assertThat(screen.page()).hasTitle(TABLE + " · Orderwire");
      assertThat(screen.columns()).hasText(new String[] {KEY, COLUMN, "status", "j"});
      assertThat(first.locator("td").nth(0)).hasText(VALUE);
      assertThat(first.locator("td").nth(1)).hasText(VALUE);
      assertThat(first.locator("td").nth(2)).hasText(STATE);
      assertThat(first.locator("td").nth(3)).containsText(VALUE);

      database.execute(
          insert(ADDRESS, STATE),
          "UPDATE `%s` SET `%s` = '%s' WHERE `%s` = '%s'"
              .formatted(TABLE, COLUMN, quoted(ADDRESS), KEY, quoted(VALUE)),
          "DELETE FROM `%s` WHERE `%s` = '%s'".formatted(TABLE, KEY, quoted(VALUE)));
      assertThat(screen.events()).hasCount(3);
      assertThat(screen.rows()).hasCount(1);
      assertThat(screen.events().nth(1)).containsText(COLUMN);
      assertThat(screen.events().nth(1)).containsText(VALUE + " → " + ADDRESS);
      screen.events().last().locator("button").click();
      screen.screenshot("injection");
      assertNothingRan(screen);
    }
  }

  @Test
  void theNameOfAnUnknownTableIsText() {
    String query = "?table=" + URLEncoder.encode(KEY + TABLE, StandardCharsets.UTF_8);
    try (Screen screen = chromium.open(URI.create(dashboard + query)).awaitState("Closed")) {
      assertThat(screen.page().locator("#state-reason")).containsText(KEY + TABLE);
      assertNothingRan(screen);
    }
  }

  /** What an attacker brings into the page, by a defect that nobody knows yet. */
  @Test
  void injectedMarkupRunsNothingAndLooksLikeNothing() {
    // Chromium does not let a page that a test has changed connect to this machine.
    try (Screen screen = chromium.open(dashboard, InjectionTest::inject)) {
      screen.page().locator("#address").click();
      // The sinks of a script of the page's own. The test's own code may call eval.
      for (String sink :
          List.of(
              "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken=1\">')",
              "document.body.setAttribute('onclick', 'window.broken = 3')",
              "setTimeout('window.broken = 4')")) {
        screen.page().evaluate("() => { try { " + sink + "; } catch (refused) {} }");
      }
      screen.page().locator("body").click();
      screen.awaitFrame();

      assertThat(screen.page().evaluate("window.broken")).isNull();
      // The injected style would have hidden it.
      assertThat(screen.page().locator("#state")).isVisible();
      assertThat(screen.problems())
          .filteredOn(problem -> problem.contains("Content Security Policy"))
          .hasSizeGreaterThan(6);
    }
  }

  private static void inject(Route route) {
    APIResponse page = route.fetch();
    String injected =
        """
        <script>window.broken = 'inline'</script>
        <script src="data:text/javascript,window.broken='data'"></script>
        <img src="data:image/png,x" onerror="window.broken = 'handler'">
        <a id="address" href="javascript:window.broken='address'">address</a>
        <style>#state { display: none }</style>
        <p style="position: fixed; inset: 0">style</p>
        <base href="http://shop.example/">
        """;
    route.fulfill(
        new Route.FulfillOptions()
            .setResponse(page)
            .setBody(page.text().replace("</body>", injected + "</body>")));
  }

  /** A page of another origin that the server allows: it imports the client, and uses the API. */
  @Test
  void aPageOfAnAllowedOriginCanUseTheClientAndTheApi() throws IOException {
    HttpServer shop =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    shop.createContext("/", InjectionTest::shop);
    shop.start();
    URI page = URI.create("http://127.0.0.1:%d/shop".formatted(shop.getAddress().getPort()));
    try (Screen screen = chromium.open(page)) {
      Object seen =
          screen
              .page()
              .evaluate(
                  """
                  async (server) => {
                    const { LiveView } = await import(server + "/client/orderwire.js");
                    const view = new LiveView({ url: server.replace("http", "ws") + "/ws" });
                    await new Promise((done) => view.addEventListener("rows", done));
                    const answer = await fetch(server + "/api/tables", {
                      headers: { authorization: "Bearer of the page" },
                    });
                    return [view.table, (await answer.json()).tables[0].name];
                  }\
                  """,
                  dashboard.resolve("/").toString().replaceFirst("/$", ""));
      assertThat(seen).isEqualTo(List.of(TABLE, TABLE));
    } finally {
      shop.stop(0);
    }
  }

  private static void shop(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] html = "<!doctype html><title>Shop</title>".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/html");
      exchange.sendResponseHeaders(200, html.length);
      exchange.getResponseBody().write(html);
    }
  }
}
