package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Position;
import dev.orderwire.gateway.protocol.Limit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(FailOnLeak.class)
class ApiTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();

  private static JsonNode get(MemoryGateway gateway, String path, String... query) {
    return get(gateway.uri("http", "/api/tables/" + path, query));
  }

  private static JsonNode get(URI uri) {
    try {
      HttpResponse<String> response =
          HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rowsArePaged() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of())) {
      gateway.insert(7);
      gateway.update("customer", "shipped", 2, 4, 5, 7);
      String[] view = {
        "where", "{\"status\":\"shipped\"}", "columns", "id", "limit", "2", "after", "{\"id\":0}"
      };
      JsonNode page = get(gateway, "orders/rows", view);
      assertThat(page.toString())
          .isEqualTo(
              "{\"table\":\"orders\",\"key\":[\"id\"],\"rows\":[{\"id\":2},{\"id\":4}],"
                  + "\"position\":\""
                  + gateway.position()
                  + "\",\"more\":true,"
                  + "\"after\":{\"id\":4}}");
      view[7] = page.get("after").toString();
      JsonNode last = get(gateway, "orders/rows", view);
      assertThat(last.get("rows").toString()).isEqualTo("[{\"id\":5},{\"id\":7}]");
      assertThat(last.get("more").booleanValue()).isFalse();
      assertThat(last.get("after").isNull()).isTrue();
    }
  }

  @Test
  void aTableOfAnyNameAndKeyIsPaged() {
    try (OrdersGateway gateway = new OrdersGateway(1_000, Map.of())) {
      gateway.database.execute(
          "INSERT INTO `line item/+%` VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c'), (2, 2, 'd')");
      List<String> notes = new ArrayList<>();
      String after = "{\"order\":0,\"line\":0}";
      JsonNode page;
      do {
        page =
            get(
                gateway.uri(
                    "http",
                    "/api/tables/line%20item%2F+%25/rows",
                    "limit",
                    "1",
                    "columns",
                    "note",
                    "after",
                    after));
        page.get("rows").forEach(row -> notes.add(row.get("note").asString()));
        after = page.get("after").toString();
      } while (page.get("more").booleanValue());
      assertThat(notes).containsExactly("a", "b", "c", "d");
    }
  }

  @Test
  void aPageEndsAtTheByteLimit() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of(Limit.ANSWER_BYTES, 100L))) {
      gateway.insert(50);
      JsonNode page = get(gateway, "orders/rows");
      assertThat(page.get("rows").size()).isBetween(1, 10);
      assertThat(page.get("more").booleanValue()).isTrue();
      JsonNode changes = get(gateway, "orders/changes", "since", gateway.position().epoch() + "-0");
      assertThat(changes.get("changes").size()).isBetween(1, 10);
      assertThat(changes.get("more").booleanValue()).isTrue();
    }
  }

  @Test
  void changesAreFollowedFromTheRowsOn() {
    try (MemoryGateway gateway = new MemoryGateway(10, Map.of())) {
      gateway.insert(3);
      String position = get(gateway, "orders/rows").get("position").asString();
      JsonNode none = get(gateway, "orders/changes", "since", position);
      assertThat(none.toString())
          .isEqualTo("{\"changes\":[],\"position\":\"" + position + "\",\"more\":false}");
      gateway.update("customer", "shipped", 2);
      JsonNode one =
          get(
              gateway,
              "orders/changes",
              "since",
              position,
              "columns",
              "status",
              "where",
              "{\"status\":\"shipped\"}");
      assertThat(one.get("changes").size()).isEqualTo(1);
      JsonNode change = one.get("changes").get(0);
      assertThat(change.get("op").asString()).isEqualTo("insert");
      assertThat(change.get("row").toString()).isEqualTo("{\"status\":\"shipped\"}");
      assertThat(one.get("more").booleanValue()).isFalse();
    }
  }

  @Test
  void withoutSinceTheAnswerIsAPositionToStartFrom() {
    try (MemoryGateway gateway = new MemoryGateway(10, Map.of())) {
      gateway.insert(3);
      JsonNode begin = get(gateway, "orders/changes");
      assertThat(begin.get("changes").size()).isZero();
      assertThat(begin.get("position").asString()).isEqualTo(gateway.position().toString());
    }
  }

  /** With small pages and a gap, which is filled later. */
  @Test
  void followingThePagesYieldsEachChangeOnce() throws SQLException {
    Map<Limit, Long> small = Map.of(Limit.PAGE_CHANGES, 4L);
    try (OrdersGateway gateway = new OrdersGateway(10, small);
        Connection late = gateway.database.connect();
        Statement statement = late.createStatement()) {
      String position = gateway.position().toString();
      gateway.insert(5);
      late.setAutoCommit(false);
      statement.execute("INSERT INTO orders (customer) VALUES ('late')");
      gateway.insert(20);
      List<Long> ids = new ArrayList<>();
      position = follow(gateway, position, 3, ids);
      assertThat(ids).isEqualTo(gateway.ids());
      assertThat(Position.parse(position)).isEqualTo(gateway.position());
      late.commit();
      gateway.awaitAll();
      gateway.insert(2);
      follow(gateway, position, 1, ids);
      assertThat(ids.stream().sorted()).isEqualTo(gateway.ids());
    }
  }

  /** One answer reads a bounded part of the log, even if the view shows little of it. */
  @Test
  void changesOutsideTheViewAreSkippedInBoundedSteps() {
    try (MemoryGateway gateway = new MemoryGateway(10, Map.of(Limit.ROWS, 20L))) {
      String position = gateway.position().toString();
      gateway.insert(50);
      gateway.update("customer", "shipped", 50);
      List<Long> ids = new ArrayList<>();
      int answers = 0;
      JsonNode page;
      do {
        page =
            get(gateway, "orders/changes", "since", position, "where", "{\"status\":\"shipped\"}");
        page.get("changes").forEach(change -> ids.add(change.get("id").longValue()));
        position = page.get("position").asString();
        answers++;
      } while (page.get("more").booleanValue());
      assertThat(answers).isEqualTo(3);
      assertThat(ids).containsExactly(gateway.ids().getLast());
    }
  }

  private static String follow(OrdersGateway gateway, String since, int limit, List<Long> ids) {
    String position = since;
    JsonNode page;
    do {
      page =
          get(
              gateway.uri(
                  "http",
                  "/api/tables/orders/changes",
                  "since",
                  position,
                  "limit",
                  String.valueOf(limit)));
      assertThat(page.get("changes").size()).isLessThanOrEqualTo(limit);
      page.get("changes").forEach(change -> ids.add(change.get("id").longValue()));
      position = page.get("position").asString();
    } while (page.get("more").booleanValue());
    return position;
  }
}
