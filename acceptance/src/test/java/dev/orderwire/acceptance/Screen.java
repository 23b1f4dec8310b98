package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The dashboard in the browser, with the problems that the browser reported. It is loaded once, so
 * everything it shows later has been pushed to it.
 */
final class Screen implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target");

  /**
   * The cells of each row: the exact value of a time, which the page shows rounded, or the text.
   */
  private static final String CELLS =
      """
      rows => rows.map(row =>
        [...row.cells].map(cell => cell.querySelector("time")?.dateTime ?? cell.textContent))\
      """;

  /** Records each mark of a cell or a row, because marks disappear after a while. */
  private static final String RECORD_MARKS =
      """
      () => {
        window.marks = [];
        const record = node => {
          for (const mark of ["changed", "entered", "leaving"]) {
            if (node.classList.contains(mark)) {
              const id = node.closest("tr").cells[0].textContent;
              window.marks.push([id, node.dataset.label ?? "row", mark].join(" "));
            }
          }
        };
        new MutationObserver(mutations => mutations.forEach(({ type, target, addedNodes }) => {
          if (type === "attributes") {
            record(target);
          } else if (target.id === "rows") {
            addedNodes.forEach(record);
          }
        })).observe(document.getElementById("rows"),
            { subtree: true, childList: true, attributeFilter: ["class"] });
      }\
      """;

  /** Waits for two frames: the first may have begun before this is called. */
  private static final String AWAIT_FRAME =
      "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))";

  private final BrowserContext context;
  private final Page page;
  private final List<String> problems = new ArrayList<>();
  private int loads;

  private Screen(BrowserContext context, URI dashboard) {
    this.context = context;
    this.page = context.newPage();
    String origin = dashboard.resolve("/").toString();
    page.onLoad(_ -> loads++);
    page.onConsoleMessage(this::onConsoleMessage);
    page.onPageError(error -> problems.add("uncaught: " + error));
    page.onRequest(request -> {
      if (!request.url().startsWith(origin)) {
        problems.add("request to another server: " + request.url());
      }
    });
    page.onRequestFailed(request ->
        problems.add("failed request: %s %s".formatted(request.url(), request.failure())));
    page.onResponse(response -> {
      if (response.status() >= 400) {
        problems.add("%d %s".formatted(response.status(), response.url()));
      }
    });
  }

  /** Opens the page, and returns when its scripts have run, whether it is connected or not. */
  static Screen open(BrowserContext context, URI dashboard) {
    Screen screen = new Screen(context, dashboard);
    screen.page.navigate(dashboard.toString());
    return screen;
  }

  private void onConsoleMessage(ConsoleMessage message) {
    if (message.type().equals("error") || message.type().equals("warning")) {
      problems.add("%s: %s".formatted(message.type(), message.text()));
    }
  }

  Page page() {
    return page;
  }

  /** Errors and warnings on the console, which include policy violations, and failed requests. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** How often the page was loaded. */
  int loads() {
    return loads;
  }

  /** Waits until the page shows this state of its connection. */
  Screen awaitState(String name) {
    assertThat(page.locator("#state-name")).hasText(name);
    return this;
  }

  /** The rows on the screen; a row that fades out does not count. */
  Locator rows() {
    return page.locator("#rows tr:not(.leaving)");
  }

  Locator row(long id) {
    return rows()
        .filter(
            new Locator.FilterOptions()
                .setHas(
                    page.locator(
                        "td[data-label=id]",
                        new Page.LocatorOptions()
                            .setHasText(Pattern.compile("^%d$".formatted(id))))));
  }

  Locator cell(long id, String column) {
    return row(id).locator("td[data-label=%s]".formatted(column));
  }

  /** Scrolls the table, which makes the page render all its rows. */
  void scrollRows() {
    page.locator(".rows .scroll").evaluate("scroll => { scroll.scrollTop = 1; }");
  }

  /**
   * Waits for so many rows, and returns their cells by the first cell. Times are in the server's
   * format.
   */
  Map<String, List<String>> table(int size) {
    scrollRows();
    assertThat(rows()).hasCount(size);
    Map<String, List<String>> table = new HashMap<>();
    for (Object row : (List<?>) rows().evaluateAll(CELLS)) {
      List<String> cells = ((List<?>) row).stream().map(String::valueOf).toList();
      if (table.put(cells.getFirst(), cells) != null) {
        throw new AssertionError("shown twice: " + cells);
      }
    }
    return table;
  }

  /** The headings of the columns, in order. */
  Locator columns() {
    return page.locator("#columns th");
  }

  /** Returns after the page has drawn everything that it has received. */
  Screen awaitFrame() {
    page.evaluate(AWAIT_FRAME);
    return this;
  }

  /** The list of changes, newest first. */
  Locator events() {
    return page.locator("#events li");
  }

  void recordMarks() {
    page.evaluate(RECORD_MARKS);
  }

  /** {@code ID COLUMN changed}, {@code ID row entered} and the like, since {@link #recordMarks}. */
  List<String> marks() {
    return ((List<?>) page.evaluate("window.marks")).stream().map(String::valueOf).toList();
  }

  /** Saves a screenshot for developers to look at. */
  void screenshot(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
  }

  @Override
  public void close() {
    context.close();
  }
}
