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
 * The dashboard as someone sees it, and what the browser complained of meanwhile. A screen was
 * loaded once: whatever it shows came to it by itself.
 */
final class Screen implements AutoCloseable {
  private static final Path PICTURES = Path.of("target");

  /** What one cell tells: a time's exact value, which is not the one that is shown, or the text. */
  private static final String CELLS =
      """
      rows => rows.map(row =>
        [...row.cells].map(cell => cell.querySelector("time")?.dateTime ?? cell.textContent))\
      """;

  /** Notes each cell and row that gets a mark, as marks go after a while. */
  private static final String NOTE_MARKS =
      """
      () => {
        window.marks = [];
        const note = node => {
          for (const mark of ["changed", "entered", "leaving"]) {
            if (node.classList.contains(mark)) {
              const id = node.closest("tr").cells[0].textContent;
              window.marks.push([id, node.dataset.label ?? "row", mark].join(" "));
            }
          }
        };
        new MutationObserver(mutations => mutations.forEach(({ type, target, addedNodes }) => {
          if (type === "attributes") {
            note(target);
          } else if (target.id === "rows") {
            addedNodes.forEach(note);
          }
        })).observe(document.getElementById("rows"),
            { subtree: true, childList: true, attributeFilter: ["class"] });
      }\
      """;

  /** What is asked for in the first of the two frames may still be drawn after this was called. */
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
    page.onConsoleMessage(this::note);
    page.onPageError(error -> problems.add("uncaught: " + error));
    page.onRequest(request -> {
      if (!request.url().startsWith(origin)) {
        problems.add("asked another server: " + request.url());
      }
    });
    page.onRequestFailed(
        request -> problems.add("failed: %s %s".formatted(request.url(), request.failure())));
    page.onResponse(response -> {
      if (response.status() >= 400) {
        problems.add("%d %s".formatted(response.status(), response.url()));
      }
    });
  }

  /** Returns when the page has run its scripts, connected or not. */
  static Screen open(BrowserContext context, URI dashboard) {
    Screen screen = new Screen(context, dashboard);
    screen.page.navigate(dashboard.toString());
    return screen;
  }

  private void note(ConsoleMessage message) {
    if (message.type().equals("error") || message.type().equals("warning")) {
      problems.add("%s: %s".formatted(message.type(), message.text()));
    }
  }

  Page page() {
    return page;
  }

  /** Errors and warnings on the console (a breach of the policy is one), and failed requests. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** How often the page was loaded. */
  int loads() {
    return loads;
  }

  /** Waits until the link to the server is said to be in this state. */
  Screen awaitState(String name) {
    assertThat(page.locator("#state-name")).hasText(name);
    return this;
  }

  /** The rows that are shown, but for those on their way out. */
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

  /** Rows that are out of sight come into the page when the table is scrolled. */
  void scrollRows() {
    page.locator(".rows .scroll").evaluate("scroll => { scroll.scrollTop = 1; }");
  }

  /**
   * Waits for so many rows and gives them, cell by cell, by the first cell; times as the server
   * wrote them.
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

  /** The names of the columns that are shown, in their order. */
  Locator columns() {
    return page.locator("#columns th");
  }

  /** Returns after the page has been drawn with all that it was told before. */
  Screen awaitFrame() {
    page.evaluate(AWAIT_FRAME);
    return this;
  }

  /** The changes in the list, the newest first. */
  Locator events() {
    return page.locator("#events li");
  }

  void noteMarks() {
    page.evaluate(NOTE_MARKS);
  }

  /** {@code ID COLUMN changed}, {@code ID row entered} and the like, since {@link #noteMarks}. */
  List<String> marks() {
    return ((List<?>) page.evaluate("window.marks")).stream().map(String::valueOf).toList();
  }

  /** For people to look at. */
  void picture(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
  }

  @Override
  public void close() {
    context.close();
  }
}
