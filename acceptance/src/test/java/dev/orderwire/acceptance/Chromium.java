package dev.orderwire.acceptance;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The system's Chromium, headless and with an empty profile. For one thread. */
final class Chromium implements AutoCloseable {
  /** Assertions wait so long: enough for a working page on a slow machine. */
  private static final int ASSERTION_TIMEOUT_MILLIS = 30_000;

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static Chromium start() {
    PlaywrightAssertions.setDefaultAssertionTimeout(ASSERTION_TIMEOUT_MILLIS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
    return new Chromium(playwright, browser);
  }

  private static Path executable() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(
            folder -> Stream.of(Path.of(folder, "chromium"), Path.of(folder, "chromium-browser")))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "no chromium on the PATH: run ./orderwire test, which installs it or says how"));
  }

  /** Opens the dashboard in a new browser context. */
  Screen open(URI dashboard) {
    return open(dashboard, new Browser.NewContextOptions());
  }

  Screen open(URI dashboard, Browser.NewContextOptions options) {
    return Screen.open(browser.newContext(options), dashboard);
  }

  /** Opens the dashboard, but connects its WebSocket to a scripted server. */
  Screen open(URI dashboard, ScriptedServer server) {
    BrowserContext context = browser.newContext();
    context.routeWebSocket(Pattern.compile(".*/ws"), server::accept);
    return Screen.open(context, dashboard);
  }

  /** Opens the dashboard, but the page itself comes from elsewhere. */
  Screen open(URI dashboard, Consumer<Route> page) {
    BrowserContext context = browser.newContext();
    context.route(dashboard.toString(), page);
    return Screen.open(context, dashboard);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
