package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that asks who its clients are, set up as docs/security.md says. */
final class SignInTest {
  private static final String SETTINGS =
      """
      auth:
        jwt: {issuer: "https://idp.example", audience: orderwire}
        keys:
          billing: {hash: HASH, role: auditor}
      policies:
        orders:
          customer: {rows: {customer_id: "${claims.sub}"}, columns: [id, customer_id, status]}
          auditor: {rows: all, mask: {email: hash}}
      policy-tests:
        - {role: customer, claims: {sub: "7"}, table: orders, sees: [{id: 1}], hides: [{id: 2}]}
      """;

  private static String address(String line) {
    return line.substring(line.indexOf(' ') + 1);
  }

  @Test
  void theDashboardAsksForATokenAndShowsWhatItMaySee(@TempDir Path home, @TempDir Path data)
      throws IOException {
    OrderwireProcess key =
        OrderwireProcess.start(home, "key", "--name", "billing", "--role", "auditor");
    assertThat(key.exitCode()).isZero();
    String apiKey = key.nextLine();
    String hash =
        Pattern.compile("[0-9a-f]{64}").matcher(key.out()).results().findFirst().get().group();
    Files.writeString(home.resolve("orderwire.yaml"), SETTINGS.replace("HASH", hash));
    try (EmbeddedMysql mysql = EmbeddedMysql.start(data, 0, List.of())) {
      TestDatabase database = TestDatabase.create(mysql, "shop");
      database.execute(
          "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer_id INT,"
              + " status VARCHAR(20), email VARCHAR(80))",
          "INSERT INTO orders (customer_id, status, email) VALUES"
              + " (7, 'mine', 'seven@shop.example'), (8, 'not mine', 'eight@shop.example')");
      Map<String, String> environment =
          Map.of(
              "MYSQL_PORT",
              "" + mysql.port(),
              "MYSQL_USER",
              mysql.user(),
              "MYSQL_PASSWORD",
              mysql.password(),
              "MYSQL_DATABASE",
              "shop",
              "ORDERWIRE_SERVER_PORT",
              "0",
              "ORDERWIRE_AUTH_JWT_SECRET",
              "a secret of the test with more than 32 bytes");
      OrderwireProcess token =
          OrderwireProcess.start(
              OrderwireProcess.launcher(),
              home,
              environment,
              "token",
              "--role",
              "customer",
              "--claim",
              "sub=7");
      assertThat(token.exitCode()).isZero();
      try (OrderwireProcess serve =
              OrderwireProcess.start(OrderwireProcess.launcher(), home, environment, "serve");
          Chromium chromium = Chromium.start()) {
        assertThat(serve.nextLine()).startsWith("websocket ws://");
        URI dashboard = URI.create(address(serve.nextLine()));
        assertThat(serve.nextLine()).isEqualTo("ready");
        String customer = token.nextLine();

        try (Screen screen = chromium.open(dashboard)) {
          Locator form = screen.page().locator("#sign-in");
          assertThat(form).isVisible();
          assertThat(form.locator("[role=alert]")).hasText("");
          signIn(form, "ow_nonsense");
          assertThat(form).isVisible();
          assertThat(form.locator("[role=alert]")).not().hasText("");
          screen.screenshot("sign-in");
          signIn(form, customer);
          screen.awaitState("Live");
          assertThat(form).isHidden();
          assertThat(screen.rows()).hasCount(1);
          assertThat(screen.cell(1, "status")).hasText("mine");
          database.execute(
              "INSERT INTO orders (customer_id, status) VALUES (8, 'other'), (7, 'mine too')",
              "UPDATE orders SET customer_id = 8, status = 'secret' WHERE id = 1");
          assertThat(screen.rows()).hasCount(1);
          assertThat(screen.cell(4, "status")).hasText("mine too");
          assertThat(screen.page().content()).doesNotContain("secret", "other", "shop.example");
        }
        try (Screen screen = chromium.open(dashboard)) {
          Locator form = screen.page().locator("#sign-in");
          assertThat(form).isVisible();
          signIn(form, apiKey);
          screen.awaitState("Live");
          assertThat(screen.rows()).hasCount(4);
          assertThat(screen.page().content()).doesNotContain("shop.example");
        }
        assertThat(serve.err()).doesNotContain(customer, apiKey, "a secret of the test");
      }
    }
  }

  private static void signIn(Locator form, String token) {
    form.locator("input").fill(token);
    form.locator("button").click();
  }
}
