package dev.orderwire.testing;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rows of the table {@code orders} that a client shows, by key. */
public final class Screen {
  private final Map<String, String> rows = new TreeMap<>();

  public Collection<String> rows() {
    return rows.values();
  }

  /**
   * Waits until the client shows the table's rows.
   *
   * @param columns all columns as the arguments of JSON_OBJECT
   */
  public void awaitTable(TestDatabase database, WsClient client, String columns) {
    List<JsonNode> expected =
        database.query("SELECT JSON_OBJECT(" + columns + ") FROM orders").stream()
            .map(row -> json(String.valueOf(row.getFirst())))
            .toList();
    try {
      Await.until(
          "the client shows the table",
          () -> {
            client.arrived().forEach(this::take);
            return rows.size() == expected.size()
                && rows.values().stream().map(Screen::json).allMatch(expected::contains);
          });
    } catch (AssertionError e) {
      throw new AssertionError("expected " + expected + ", but the client shows " + rows(), e);
    }
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private void take(JsonNode message) {
    if (message.get("type").asString().equals("reset")) {
      rows.clear();
    }
    message.path("rows").forEach(row -> rows.put("{\"id\":" + row.get("id") + "}", row.toString()));
    for (JsonNode change : message.path("changes")) {
      if (change.get("row").isNull()) {
        rows.remove(change.get("key").toString());
      } else {
        rows.put(change.get("key").toString(), change.get("row").toString());
      }
    }
  }
}
