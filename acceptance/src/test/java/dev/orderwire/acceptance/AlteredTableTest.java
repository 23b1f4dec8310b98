package dev.orderwire.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the dashboard handles an altered table, message by message. */
final class AlteredTableTest {
  private static final String ALTERED =
      "'key':['id'],'columns':[{'name':'id','type':'int'},{'name':'label','type':'varchar(9)'},"
          + "{'name':'n','type':'varchar(9)'},{'name':'more','type':'int'}]";

  /** Records the text of the table after each change of the page. */
  private static final String RECORD_SCREENS =
      """
      () => {
        window.screens = [];
        const texts = nodes => [...nodes].map(node => node.textContent).join(" ");
        new MutationObserver(() => window.screens.push(
          texts(document.querySelectorAll("#columns th")) + ": " +
          [...document.querySelectorAll("#rows tr")].map(tr => texts(tr.cells)).join(", ")))
          .observe(document.querySelector("table"), { subtree: true, childList: true });
      }\
      """;

  /** Records the content of a LiveView at each of its events. */
  private static final String RECORD_EVENTS =
      """
      async () => {
        const { LiveView } = await import("/client/orderwire.js");
        window.recorded = [];
        const view = new LiveView({ table: "t" });
        for (const type of ["columns", "rows", "changes"]) {
          view.addEventListener(type, () => window.recorded.push(
            `${type} ${view.key} (${view.columns.map(({ name }) => name)}) ${[...view.rows.keys()]}`));
        }
      }\
      """;

  private static Demo demo;
  private static Chromium chromium;

  private final ScriptedServer server = new ScriptedServer();
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
  void showTwoRows() {
    screen = chromium.open(demo.dashboard(), server);
    assertThat(server.awaitRequest(screen, 1)).contains("\"snapshot\":true");
    begin();
    screen.awaitState("Live");
    assertThat(screen.columns()).hasText(new String[] {"id", "name", "n"});
    assertThat(screen.rows()).hasCount(2);
  }

  @AfterEach
  void closeScreen() {
    screen.close();
  }

  private void begin() {
    server.send(
        "{'type':'subscribed','ref':'view','view':'v','table':'t','key':['id'],'columns':["
            + "{'name':'id','type':'int'},{'name':'name','type':'varchar(9)'},{'name':'n','type':'int'}],"
            + "'position':'e-1'}");
    server.send(
        "{'type':'snapshot','view':'v','rows':[{'id':1,'name':'a','n':10},{'id':2,'name':'b','n':20}],"
            + "'done':true,'position':'e-2'}");
  }

  private void reset(String shape) {
    server.send("{'type':'reset','view':'v','reason':'schema'," + shape + "}");
  }

  private void snapshot(boolean done, String... rows) {
    server.send(
        "{'type':'snapshot','view':'v','rows':[%s],'done':%s,'position':'e-9'}"
            .formatted(String.join(",", rows), done));
  }

  private void change(String change) {
    server.send(
        "{'type':'changes','view':'v','changes':[{%s,'at':'2026-11-22T10:00:00.000000Z'}],'position':'e-9'}"
            .formatted(change));
  }

  @Test
  void theOldRowsStayUntilAllNewRowsHaveArrived() {
    screen.page().evaluate(RECORD_SCREENS);

    reset(ALTERED);
    snapshot(false, "{'id':1,'label':'a','n':'ten','more':1}");
    screen.awaitFrame();
    assertThat(screen.columns()).hasText(new String[] {"id", "name", "n"});
    assertThat(screen.cell(2, "name")).hasText("b");
    snapshot(true, "{'id':3,'label':'c','n':'x','more':null}");

    assertThat(screen.columns()).hasText(new String[] {"id", "label", "n", "more"});
    assertThat(screen.columns().nth(2)).not().hasClass("number");
    assertThat(screen.table(2))
        .containsOnly(
            Map.entry("1", List.of("1", "a", "ten", "1")),
            Map.entry("3", List.of("3", "c", "x", "NULL")));
    assertThat(screen.cell(1, "n")).not().hasClass("number");
    assertThat(screen.page().locator("#row-note")).hasText("reloaded: the table was altered");
    // One step: never an empty table, and never rows under the wrong columns.
    assertThat((List<?>) screen.page().evaluate("window.screens"))
        .singleElement()
        .isEqualTo("id label n more: 3 c x NULL, 1 a ten 1");

    change(
        "'id':9,'op':'update','key':{'id':1},'row':{'id':1,'label':'z','n':'y','more':2},"
            + "'old':{'label':'a','n':'ten','more':1}");
    assertThat(screen.cell(1, "more")).hasText("2");
    assertThat(screen.events().first()).containsText("label a → z, n ten → y, more 1 → 2");
    assertThat(screen.loads()).isEqualTo(1);
    assertThat(screen.problems()).isEmpty();
  }

  @Test
  void rowsAreIdentifiedByTheNewKey() {
    change(
        "'id':3,'op':'update','key':{'id':2},'row':{'id':2,'name':'c','n':20},'old':{'name':'b'}");
    assertThat(screen.events()).hasCount(1);
    reset(
        "'key':['n','name'],'columns':[{'name':'n','type':'int'},{'name':'name','type':'varchar(9)'}]");
    snapshot(true, "{'n':2,'name':'a'}", "{'n':2,'name':'b'}");
    assertThat(screen.columns()).hasText(new String[] {"n", "name"});
    assertThat(screen.rows()).hasCount(2);

    change("'id':4,'op':'delete','key':{'n':2,'name':'a'},'row':null,'old':{'n':2,'name':'a'}");

    assertThat(screen.rows()).hasText(new String[] {"2b"});
    assertThat(screen.events().first()).containsText("n 2, name a");
    Locator shown = screen.page().locator("#shown");
    screen.events().last().locator("button").click();
    assertThat(shown).hasText("the table had a different key at that change");
    screen.events().first().locator("button").click();
    assertThat(shown).hasText("that row is gone");
    assertThat(screen.problems()).isEmpty();
  }

  @Test
  void aPausedScreenDoesNotChangeAndThenShowsEachChangeInItsOwnColumns() {
    screen.page().locator("#pause").click();
    change(
        "'id':3,'op':'update','key':{'id':2},'row':{'id':2,'name':'c','n':20},'old':{'name':'b'}");
    reset(ALTERED);
    snapshot(true, "{'id':2,'label':'c','n':'x','more':1}");
    assertThat(screen.page().locator("#row-note")).hasText("reloaded: the table was altered");
    screen.awaitFrame();
    assertThat(screen.columns()).hasText(new String[] {"id", "name", "n"});
    assertThat(screen.rows()).hasCount(2);

    screen.page().locator("#pause").click();

    assertThat(screen.columns()).hasText(new String[] {"id", "label", "n", "more"});
    assertThat(screen.rows()).hasText(new String[] {"2cx1"});
    assertThat(screen.events().first()).containsText("name b → c");
    assertThat(screen.problems()).isEmpty();
  }

  @Test
  void aConnectionLostBeforeTheNewRowsAreCompleteAsksForThemAgain() {
    reset(ALTERED);
    snapshot(false, "{'id':7,'label':'void','n':'x','more':1}");
    server.drop();
    assertThat(server.awaitRequest(screen, 2))
        .contains("\"snapshot\":true")
        .doesNotContain("since");
    assertThat(screen.rows()).hasCount(2);
    server.send(
        "{'type':'subscribed','ref':'view','view':'v','table':'t',"
            + ALTERED
            + ",'position':'e-5'}");
    screen.awaitFrame();
    assertThat(screen.columns()).hasText(new String[] {"id", "name", "n"});
    snapshot(true, "{'id':2,'label':'c','n':'x','more':1}");

    assertThat(screen.columns()).hasText(new String[] {"id", "label", "n", "more"});
    assertThat(screen.rows()).hasText(new String[] {"2cx1"});
    screen.awaitState("Live");
  }

  @Test
  void aViewThatTheServerEndsShowsTheReasonAndKeepsItsRows() {
    server.send(
        "{'type':'error','ref':'view','code':'unknown_column','message':'table t has no column name'}");
    server.send("{'type':'unsubscribed','view':'v'}");

    screen.awaitState("Closed");
    assertThat(screen.page().locator("#state-reason")).hasText("table t has no column name");
    assertThat(screen.rows()).hasCount(2);
    assertThat(screen.problems()).isEmpty();
  }

  /** Once the server has accepted the position, a later error is not about the position. */
  @Test
  void aViewThatTheServerEndsAfterAResumeShowsTheReason() {
    server.drop();
    assertThat(server.awaitRequest(screen, 2)).contains("\"since\":\"e-2\"");
    server.send(
        "{'type':'subscribed','ref':'view','view':'v','table':'t','key':['id'],'columns':[]}");
    screen.awaitState("Live");
    server.send("{'type':'error','ref':'view','code':'unknown_column','message':'no column name'}");
    server.send("{'type':'unsubscribed','view':'v'}");

    screen.awaitState("Closed");
    assertThat(screen.page().locator("#state-reason")).hasText("no column name");
    assertThat(screen.columns()).hasText(new String[] {"id", "name", "n"});
    assertThat(screen.rows()).hasCount(2);
  }

  @Test
  void newColumnsAndTheirRowsAppearTogetherInAllEvents() {
    screen.page().evaluate(RECORD_EVENTS);
    server.awaitRequest(screen, 2);
    begin();
    reset(ALTERED.replace("['id']", "['n']"));
    snapshot(false, "{'id':1,'label':'a','n':'ten','more':1}");
    snapshot(true, "{'id':2,'label':'b','n':'two','more':1}");
    // As after a TRUNCATE: the columns stay the same.
    reset(ALTERED.replace("['id']", "['n']"));
    snapshot(true);
    change(
        "'id':4,'op':'insert','key':{'n':'x'},'row':{'id':3,'label':'c','n':'x','more':1},'old':null");

    screen.page().waitForFunction("window.recorded.length === 6");
    assertThat((List<?>) screen.page().evaluate("window.recorded"))
        .isEqualTo(
            List.of(
                "columns id (id,name,n) 1,2",
                "rows id (id,name,n) 1,2",
                "columns n (id,label,n,more) ten,two",
                "rows n (id,label,n,more) ten,two",
                "rows n (id,label,n,more) ",
                "changes n (id,label,n,more) x"));
  }
}
