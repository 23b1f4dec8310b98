package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The JavaScript client in a page with several views: what it sends, and what becomes of errors.
 */
final class LiveViewTest {
  /** Opens a view of each row that another view has, one after the other. */
  private static final String VIEW_EACH_ROW =
      """
      async () => {
        const { LiveView } = await import("/client/orderwire.js");
        const loaded = (view) => new Promise((done) => view.addEventListener("rows", () => done(view)));
        window.seen = [];
        // No other test has this view: equal views share a snapshot for a second.
        const all = await loaded(new LiveView({ columns: ["id", "quantity"] }));
        for (const row of all.rows.values()) {
          for (const where of [{ id: row.id }, { id: { in: [row.id] } }]) {
            const one = await loaded(new LiveView({ where }));
            window.seen.push(`${row.id}: ${[...one.rows.keys()]}`);
          }
        }
      }\
      """;

  /**
   * Opens a view with the options of an expression, notes its states, and does something with it.
   */
  private static final String VIEW =
      """
      async () => {
        const { LiveView } = await import("/client/orderwire.js");
        window.states = [];
        const view = new LiveView(%s);
        view.addEventListener("state", ({ detail }) => window.states.push(`${detail.name}: ${detail.reason}`));
        %s
      }\
      """;

  private static Demo demo;
  private static Chromium chromium;
  private static int customers;

  private Screen screen;

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
  void openDashboard() {
    screen = chromium.open(demo.dashboard()).awaitState("Live");
  }

  @AfterEach
  void closeDashboard() {
    screen.close();
  }

  private void open(String options, String then) {
    screen.page().evaluate(VIEW.formatted(options, then));
  }

  /** Waits for a state of the view of {@link #VIEW}, and returns all its states. */
  private List<String> statesUpTo(String name) {
    screen
        .page()
        .waitForFunction("name => window.states?.some(state => state.startsWith(name))", name);
    return ((List<?>) screen.page().evaluate("window.states"))
        .stream().map(String::valueOf).toList();
  }

  /** The dashboard's own view goes on, and the page reports nothing that was not caught. */
  private void assertOthersGoOn() throws SQLException {
    String customer = "Ada " + ++customers;
    try (OrdersTable orders = new OrdersTable(demo)) {
      orders.clear();
      orders.execute(
          "INSERT INTO orders (customer_name, product_name) VALUES (?, 'Mouse')", customer);
    }
    assertThat(screen.cell(1, "customer_name")).hasText(customer);
    assertThat(screen.page().locator("#state-name")).hasText("Live");
    assertThat(screen.problems()).noneMatch(problem -> problem.startsWith("uncaught"));
  }

  @Test
  void aViewCanSelectByEveryIdThatARowHas() throws SQLException {
    List<String> ids =
        List.of(
            "1", "9007199254740991", "9007199254740992", "9007199254740993", "1" + "0".repeat(19));
    try (OrdersTable orders = new OrdersTable(demo)) {
      orders.clear();
      for (String id : ids) {
        orders.execute(
            "INSERT INTO orders (id, customer_name, product_name) VALUES (%s, 'Ada', 'Mouse')"
                .formatted(id));
      }
    }

    screen.page().evaluate(VIEW_EACH_ROW);

    assertThat((List<?>) screen.page().evaluate("window.seen"))
        .isEqualTo(ids.stream().flatMap(id -> Stream.of(id + ": " + id, id + ": " + id)).toList());
    assertThat(screen.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { id: [1n, [18446744073709551615n]] }     | {"id":[1,[18446744073709551615]]}
          { d: { eq: { n: -9007199254740993n } } }  | {"d":{"eq":{"n":-9007199254740993}}}
          { a: 1e21, b: -0, c: 0.1, d: null }       | {"a":1e+21,"b":0,"c":0.1,"d":null}
          { at: new Date(0), b: Object(7n) }        | {"at":"1970-01-01T00:00:00.000Z","b":7}
          ((x) => ({ or: [x, x] }))({ "ü\\"": true }) | {"or":[{"ü\\"":true},{"ü\\"":true}]}
          """)
  void whereIsSentWithAllItsDigits(String where, String sent) {
    ScriptedServer server = new ScriptedServer();
    try (Screen page = chromium.open(demo.dashboard(), server)) {
      server.awaitRequest(page, 1);
      page.page().evaluate(VIEW.formatted("{ table: \"t\", where: " + where + " }", ""));
      assertThat(server.awaitRequest(page, 2))
          .isEqualTo(
              "{\"type\":\"subscribe\",\"ref\":\"view\",\"table\":\"t\",\"where\":%s,\"snapshot\":true}"
                  .formatted(sent));
      assertThat(page.problems()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { where: { id: undefined } }                    | where.id is undefined: give it a value that JSON has, or leave it out
          { where: { id: { in: [1, NaN] } } }             | where.id.in.1 is NaN: give it a value that JSON has, or leave it out
          { columns: ["id", Symbol()] }                   | columns.1 is a symbol: give it a value that JSON has, or leave it out
          ((x) => ({ where: (x.and = [x], x) }))({})      | where.and.0 contains itself: break the cycle
          { where: { d: { toJSON() { return [this]; } } } } | where.d.0 contains itself: break the cycle
          { where: [...Array(9e4)].reduce((x) => [x], 1) } | where has more than 200 levels: use fewer
          { where: { get id() { throw new Error("no id"); } } } | no id
          { where: { toJSON() { throw null; } } }         | thrown: null
          { where: { toJSON() { throw undefined; } } }    | thrown: undefined
          { get where() { throw { get message() { throw 1; } }; } } | An error without a message.
          null                                            | Cannot destructure property 'url' of 'object null' as it is null.
          { table: "nothing" }                            | there is no table 'nothing' here; there are [orders]
          """)
  void aViewThatCannotBeAskedForIsClosedWithTheReason(String options, String reason)
      throws SQLException {
    open(options, "");
    assertThat(statesUpTo("closed")).containsExactly("closed: " + reason);
    assertOthersGoOn();
  }

  @Test
  void aViewOfAnUnusableAddressIsClosed() throws SQLException {
    open("{ url: \"nonsense:\" }", "");
    assertThat(statesUpTo("closed")).singleElement().asString().contains("nonsense");
    assertOthersGoOn();
  }

  /** Otherwise the page would say live, although its listener has not drawn the rows. */
  @ParameterizedTest
  @CsvSource({
    "rows, handleEvent()",
    "columns, handleEvent()",
    "changes, handleEvent()",
    "state, handleEvent()",
    "rows, async handleEvent()",
  })
  void aListenerThatThrowsClosesItsViewOnly(String type, String method) throws SQLException {
    open(
        "{}",
        """
        const removed = () => { throw new Error("removed"); };
        view.addEventListener("%1$s", removed);
        view.removeEventListener("%1$s", removed);
        view.addEventListener("%1$s", { %2$s { throw new Error("cannot draw"); } });\
        """
            .formatted(type, method));

    assertOthersGoOn();

    assertThat(statesUpTo("closed").getLast()).isEqualTo("closed: cannot draw");
  }

  @Test
  void aViewThatAListenerClosesStaysClosed() throws SQLException {
    open("{}", "view.addEventListener('rows', () => view.close());");
    assertThat(statesUpTo("closed")).containsExactly("closed: null");
    assertOthersGoOn();
    assertThat(statesUpTo("closed")).containsExactly("closed: null");
  }

  /** A message of the server that the client cannot read must not leave the view as it was. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':",
        "null",
        "{'type':'snapshot','rows':[],'done':true}",
        "{'type':'error','code':'bad_json','message':'a message is not JSON'}"
      })
  void anUnreadableAnswerAndAnErrorWithoutARefCloseTheView(String message) {
    ScriptedServer server = new ScriptedServer();
    try (Screen page = chromium.open(demo.dashboard(), server)) {
      server.awaitRequest(page, 1);
      server.send(message);
      page.awaitState("Closed");
      assertThat(page.page().locator("#state-reason").textContent()).isNotEmpty();
      assertThat(page.problems()).noneMatch(problem -> problem.startsWith("uncaught"));
    }
  }
}
