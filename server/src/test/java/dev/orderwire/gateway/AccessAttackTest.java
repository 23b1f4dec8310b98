package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import dev.orderwire.view.View;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Attempts to see more than the policies allow, or to harm the server. A token is {@code
 * NAME/ROLES/VERSION}, as in {@link AccessTest}.
 */
@Timeout(120)
class AccessAttackTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final String POLICIES =
      """
      {"orders": {
        "customer": {"rows": {"customer": "${claims.sub}"}, "columns": ["id", "customer", "status"]},
        "list": {"rows": {"customer": {"in": "${claims.many}"}}},
        "everyone": {"rows": "all"},
        "staff": {"rows": "all", "mask": {"customer": "hash"}},
        "notBob": {"rows": {"customer": {"ne": "Bob"}}},
        "blind": {"rows": "all", "columns": ["status"], "mask": {"status": "hash"}},
        "audit": {"rows": "all", "columns": ["status"]}},
       "line item/+%": {
        "everyone": {"rows": {"note": "${claims.sub}"}}}}\
      """;

  private final Map<String, Instant> expiries = new ConcurrentHashMap<>();
  private final Map<String, Duration> slow = new ConcurrentHashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ListAppender<ILoggingEvent> netty = new ListAppender<>();

  private OrdersGateway gateway(Map<Limit, Long> limits) {
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(JsonMapper.shared().readTree(POLICIES), new Seal(new byte[32]), problems);
    assertThat(problems).isEmpty();
    OrdersGateway made = new OrdersGateway(10, limits, Admission.by(this::identity, policies));
    open.add(made);
    return made;
  }

  private Identity identity(String token) {
    if (token.startsWith("bad")) {
      throw new OrderwireException(ErrorCode.NOT_AUTHENTICATED, "the token is not valid");
    }
    if (token.startsWith("down")) {
      throw new OrderwireException(ErrorCode.IDENTITY_UNAVAILABLE, "try again in some seconds");
    }
    try {
      Thread.sleep(slow.getOrDefault(token, Duration.ZERO));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<String> parts = List.of(token.split("/", -1));
    List<String> roles =
        parts.size() == 1 ? List.of("customer") : List.of(parts.get(1).split("\\+", -1));
    String sub = parts.getFirst();
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 1_001; i++) {
      many.add("Ann" + i);
    }
    return new Identity(
        sub.split("-", -1)[0],
        Map.of(
            "sub",
            JsonMapper.shared().valueToTree(sub.replace("-", "")),
            "many",
            JsonMapper.shared().valueToTree(many)),
        roles,
        expiries.get(token),
        null);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static void order(OrdersGateway gateway, String customer, String status) {
    sql(
        gateway,
        "INSERT INTO orders (customer, status) VALUES ('%s', '%s')".formatted(customer, status));
  }

  private static void sql(OrdersGateway gateway, String statement) {
    gateway.database.execute(statement);
    gateway.awaitAll();
  }

  private static HttpResponse<String> get(
      OrdersGateway gateway, String token, String path, String... query) {
    URI uri = gateway.uri("http", path, query);
    try {
      return HTTP.send(
          HttpRequest.newBuilder(uri)
              .timeout(Duration.ofSeconds(20))
              .header("Authorization", "Bearer " + token)
              .build(),
          BodyHandlers.ofString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(OrdersGateway gateway, String token, String path, String... query) {
    HttpResponse<String> answer = get(gateway, token, path, query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static String code(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).at("/error/code").asString();
  }

  private void watchNetty() {
    netty.start();
    ((Logger) LoggerFactory.getLogger("io.netty")).addAppender(netty);
  }

  private static String tagOf(JsonNode message) {
    String position = message.get("position").asString();
    return position.substring(position.indexOf('@') + 1);
  }

  // --- leaks ---

  /** The mask is forgotten once its column has another name. */
  @Test
  void aRenamedColumnStaysMasked() {
    OrdersGateway gateway = gateway(Map.of()).keepUp();
    order(gateway, "Ann", "new");
    try (WsClient live = WsClient.connect(gateway.ws("token", "x/staff"), "orderwire.v1")) {
      live.await("welcome");
      live.send("{\"type\":\"subscribe\",\"snapshot\":true}");
      assertThat(live.await("snapshot").toString()).doesNotContain("Ann");
      gateway.database.execute("ALTER TABLE orders RENAME COLUMN customer TO client");
      List<String> seen = new ArrayList<>();
      Await.until(
          "the table is altered",
          () -> {
            live.arrived().forEach(each -> seen.add(each.toString()));
            HttpResponse<String> rows = get(gateway, "x/staff", "/api/tables/orders/rows");
            seen.add(rows.body());
            return rows.body().contains("client") || code(rows).equals("policy_misfit");
          });
      try {
        Thread.sleep(1_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      live.arrived().forEach(each -> seen.add(each.toString()));
      assertThat(seen.toString()).doesNotContain("\"Ann\"");
    }
  }

  /** Bob's view of the orders is Ann's, and so are the positions that he gets. */
  @Test
  void aClientGetsPositionsOfItsOwn() {
    OrdersGateway gateway = gateway(Map.of());
    order(gateway, "x", "0");
    String anns = tagOf(json(gateway, "Ann/everyone", "/api/tables/orders/rows"));
    String bobs = tagOf(json(gateway, "Bob/everyone", "/api/tables/orders/rows"));
    assertThat(anns).isNotEqualTo(bobs);
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann/everyone"))) {
      ann.await("subscribed");
      // Some of them are on the event loop of Ann's.
      List<WsClient> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        WsClient bob = WsClient.connect(gateway.ws("token", "Bob/everyone"));
        open.addFirst(bob);
        assertThat(tagOf(bob.await("subscribed"))).isEqualTo(bobs);
        all.add(bob);
      }
      order(gateway, "x", "1");
      List<String> tags = new ArrayList<>();
      for (WsClient bob : all) {
        tags.add(tagOf(bob.await("changes")));
      }
      assertThat(tags).as("tags that Bob got; Ann's is %s", anns).containsOnly(bobs);
    }
  }

  /** The consequence: who resumes has to read everything again. */
  @Test
  void aClientResumesFromThePositionThatItGot() {
    OrdersGateway gateway = gateway(Map.of());
    order(gateway, "x", "0");
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann/everyone"))) {
      ann.await("subscribed");
      String since;
      try (WsClient bob = WsClient.connect(gateway.ws("token", "Bob/everyone"))) {
        bob.await("subscribed");
        order(gateway, "x", "1");
        since = bob.await("changes").get("position").asString();
      }
      order(gateway, "x", "2");
      try (WsClient bob = WsClient.connect(gateway.ws("token", "Bob/everyone", "since", since))) {
        bob.await("subscribed");
        assertThat(bob.next().get("type").asString()).isEqualTo("changes");
      }
    }
  }

  /** From the tag that Bob gets he finds Ann's claim: it is a hash without a secret. */
  @Test
  void aTagDoesNotTellTheClaimsOfAnother() {
    OrdersGateway gateway = gateway(Map.of());
    try (WsClient ann = WsClient.connect(gateway.ws("token", "4711/everyone"));
        WsClient bob = WsClient.connect(gateway.ws("token", "Bob/everyone"))) {
      ann.await("subscribed");
      bob.await("subscribed");
      order(gateway, "x", "1");
      String seen = tagOf(bob.await("changes"));
      Policies known =
          Policies.read(
              JsonMapper.shared().readTree(POLICIES),
              new Seal("another secret, of 32 bytes or more".getBytes(StandardCharsets.UTF_8)),
              new ArrayList<>());
      List<Integer> found = new ArrayList<>();
      for (int guess = 0; guess < 10_000; guess++) {
        Map<String, JsonNode> claims =
            Map.of("sub", JsonMapper.shared().valueToTree(String.valueOf(guess)));
        if (known.access("everyone", claims).scope("orders").orElseThrow().tag().equals(seen)) {
          found.add(guess);
        }
      }
      assertThat(found).as("claims of another client, found by trying").isEmpty();
    }
  }

  /** The first role does not see the key, the second one not the row. */
  @ParameterizedTest
  @ValueSource(strings = {"x/audit", "x/notBob"})
  void anErrorDoesNotTellAHiddenKey(String token) {
    OrdersGateway gateway = gateway(Map.of()).keepUp();
    order(gateway, "Ann", "new");
    order(gateway, "Bob", "01234567890123456789");
    gateway.database.execute(
        "ALTER TABLE orders ADD value DOUBLE AS (EXP(CHAR_LENGTH(status) * 100)) VIRTUAL");
    List<String> bodies = new ArrayList<>();
    Await.until(
        "an error",
        () -> {
          HttpResponse<String> rows = get(gateway, token, "/api/tables/orders/rows");
          bodies.add(rows.body());
          return rows.statusCode() == 400;
        });
    assertThat(bodies.getLast()).contains("unreadable_row").doesNotContain("id = 2", "\"id\"");
  }

  /** Nor the names of the key's columns, which are hidden too. */
  @Test
  void anErrorDoesNotNameTheHiddenColumnsOfAKey() {
    OrdersGateway gateway = gateway(Map.of()).keepUp();
    order(gateway, "Ann", "a");
    order(gateway, "Ann", "b");
    String after =
        json(gateway, "x/audit", "/api/tables/orders/rows", "limit", "1").get("after").toString();
    gateway.database.execute(
        "ALTER TABLE orders ADD COLUMN part INT NOT NULL DEFAULT 7, DROP PRIMARY KEY,"
            + " ADD PRIMARY KEY (id, part)");
    List<String> bodies = new ArrayList<>();
    Await.until(
        "an error",
        () -> {
          HttpResponse<String> rows =
              get(gateway, "x/audit", "/api/tables/orders/rows", "limit", "1", "after", after);
          bodies.add(rows.body());
          return rows.statusCode() != 200;
        });
    assertThat(bodies.getLast()).contains("bad_key").doesNotContain("part", "[id");
  }

  /** A claim that is a number is compared as text, which no number in JSON equals. */
  @Test
  void aNumberOfAClaimEqualsANumberInAJsonColumn() {
    Table table =
        new Table(
            "docs",
            List.of(new Column("id", "int", "int"), new Column("tenant", "json", "json")),
            List.of("id"));
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(
            JsonMapper.shared()
                .readTree(
                    "{\"docs\":{\"r\":{\"rows\":{\"tenant\":{\"nin\":\"${claims.barred}\"}}}}}"),
            new Seal(new byte[32]),
            problems);
    View view =
        View.of(
            table,
            policies
                .access("r", Map.of("barred", JsonMapper.shared().readTree("[7]")))
                .scope("docs")
                .orElseThrow(),
            null,
            null);
    assertThat(view.matches(Row.of(Map.of("id", "1", "tenant", "7"))))
        .as("a row of the barred tenant 7")
        .isFalse();
  }

  /**
   * The hash of a number is the same in all columns, and rows come in the order of their key. So
   * the hashes of 1, 2, 3… are those of a masked AUTO_INCREMENT in their order, and with them any
   * other masked number can be read.
   */
  @Test
  void aHashCannotBeReadWithTheHelpOfAnotherColumn() {
    Table table =
        new Table(
            "orders",
            List.of(new Column("id", "int", "int"), new Column("customer_id", "int", "int")),
            List.of("id"));
    View view =
        View.of(
            table,
            Policies.read(
                    JsonMapper.shared()
                        .readTree(
                            "{\"orders\":{\"r\":{\"rows\":\"all\",\"mask\":{\"id\":\"hash\",\"customer_id\":\"hash\"}}}}"),
                    new Seal(
                        "a secret that nobody knows, 32 bytes".getBytes(StandardCharsets.UTF_8)),
                    new ArrayList<>())
                .access("r", Map.of())
                .scope("orders")
                .orElseThrow(),
            null,
            null);
    List<Integer> customers = List.of(3, 1, 5, 2, 2);
    List<Row> seen = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      // As /api/tables/orders/rows has them: by id.
      seen.add(view.cut(Row.of(Map.of("id", "" + (i + 1), "customer_id", "" + customers.get(i)))));
    }
    List<String> ids = seen.stream().map(row -> row.json("id")).toList();
    List<Integer> read =
        seen.stream().map(row -> 1 + ids.indexOf(row.json("customer_id"))).toList();
    assertThat(read).as("customers, read from hashes alone").isNotEqualTo(customers);
  }

  @Test
  void aSharedSnapshotHasThePositionOfEachClient() {
    OrdersGateway gateway = gateway(Map.of());
    order(gateway, "x", "0");
    String bobs = tagOf(json(gateway, "Bob/everyone", "/api/tables/orders/rows"));
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann/everyone", "snapshot", "true"));
        WsClient bob = WsClient.connect(gateway.ws("token", "Bob/everyone", "snapshot", "true"))) {
      ann.await("snapshot");
      assertThat(tagOf(bob.await("snapshot"))).isEqualTo(bobs);
    }
  }

  /** Held. */
  @Test
  void noSpellingOfAPathLeadsPastTheEntrance() {
    OrdersGateway gateway = gateway(Map.of());
    order(gateway, "Ann", "new");
    for (String path :
        List.of(
            "/%61pi/tables",
            "//api/tables",
            "/api/tables/",
            "/API/tables",
            "/client/../api/tables",
            "/api/../api/tables",
            "/./api/tables",
            "/api/tables;x",
            "/api/tables#",
            "/api/tables/orders/rows#?token=Ann",
            "/api/tables?",
            "/api%2ftables",
            "http://localhost/api/tables",
            "http://localhost/events",
            "*",
            "/events/",
            "//events",
            "/EVENTS",
            "/events;")) {
      for (String method : List.of("GET", "HEAD", "OPTIONS", "POST", "get")) {
        try (RawSocket client = RawSocket.connect(gateway.address)) {
          client.send(
              method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
          String answer = client.readToEnd();
          assertThat(answer).as(method + " " + path).doesNotContain(" 200 ", "customer", "Ann");
        }
      }
    }
  }

  // --- clients that are let down ---

  /** Year 5138, as of issuers whose tokens never run out. */
  @Test
  void aTokenThatRunsOutInThousandsOfYearsIsAccepted() {
    OrdersGateway gateway = gateway(Map.of());
    watchNetty();
    expiries.put("Ann/customer/far", Instant.ofEpochSecond(99_999_999_999L));
    try (RawSocket ann = RawSocket.connect(gateway.address).upgrade("/ws?token=Ann/customer/far")) {
      assertThat(ann.readMessage().get("type").asString()).isEqualTo("welcome");
      assertThat(ann.readMessage().get("type").asString()).isEqualTo("subscribed");
    } finally {
      assertThat(netty.list.stream().map(each -> each + " " + cause(each))).isEmpty();
    }
  }

  private static String cause(ILoggingEvent event) {
    return event.getThrowableProxy() == null
        ? ""
        : event.getThrowableProxy().getClassName() + event.getThrowableProxy().getMessage();
  }

  @Test
  void aStreamOfATokenThatRunsOutInThousandsOfYearsIsAnswered() {
    OrdersGateway gateway = gateway(Map.of());
    expiries.put("Ann/customer/far", Instant.ofEpochSecond(99_999_999_999L));
    try (SseClient ann =
        SseClient.connect(gateway.uri("http", "/events", "token", "Ann/customer/far"))) {
      ann.await("subscribed");
    }
  }

  /** A renewal with such a token ends the connection's limit of time, and its reading. */
  @Test
  void aRenewalWithATokenThatRunsOutInThousandsOfYearsIsAnswered() {
    OrdersGateway gateway = gateway(Map.of());
    expiries.put("Ann/customer/1", Instant.now().plusSeconds(4));
    expiries.put("Ann/customer/far", Instant.ofEpochSecond(99_999_999_999L));
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann/customer/1"))) {
      ann.await("subscribed");
      ann.send("{\"type\":\"auth\",\"token\":\"Ann/customer/far\"}");
      ann.send("{\"type\":\"ping\",\"ref\":\"p\"}");
      Await.until(
          "an answer or a close",
          () -> ann.arrived().toString().contains("pong") || !gateway.traffic.closes.isEmpty());
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  /** No column can be tested, so there is no nearest one: the request is never answered. */
  @Test
  void aConditionIsAnsweredIfNoColumnCanBeTested() {
    OrdersGateway gateway = gateway(Map.of());
    assertThat(code(get(gateway, "x/blind", "/api/tables/orders/rows", "where", "{\"x\":1}")))
        .isEqualTo("unknown_column");
  }

  @Test
  void aConditionIsAnsweredByMessageIfNoColumnCanBeTested() {
    OrdersGateway gateway = gateway(Map.of());
    try (WsClient client = WsClient.connect(gateway.ws("token", "x/blind"), "orderwire.v1")) {
      client.await("welcome");
      client.send("{\"type\":\"subscribe\",\"where\":{\"x\":1}}");
      client.send("{\"type\":\"ping\"}");
      Await.until(
          "an answer or a close",
          () -> client.arrived().toString().contains("pong") || !gateway.traffic.closes.isEmpty());
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  /** The first view closes the connection; then the second one is looked for. */
  @Test
  void anEndedConnectionDoesNotStartViewsOver() {
    OrdersGateway gateway = gateway(Map.of());
    order(gateway, "Ann", "new");
    watchNetty();
    try (WsClient ann =
        WsClient.connect(gateway.ws("token", "Ann", "where", "{\"customer\":{\"ne\":\"x\"}}"))) {
      ann.await("subscribed");
      ann.send("{\"type\":\"subscribe\",\"columns\":[\"status\"]}");
      ann.await("subscribed");
      ann.send("{\"type\":\"auth\",\"token\":\"Ann/audit\"}");
      assertThat(ann.closeCode()).isEqualTo(4400);
    }
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(netty.list.stream().map(each -> each + " " + cause(each))).isEmpty();
  }

  /** The client said who it is at once; the keys of its issuer take their time. */
  @Test
  void aSlowCheckIsNotAMissingToken() {
    OrdersGateway gateway = gateway(Map.of(Limit.AUTH_SECONDS, 1L));
    slow.put("Ann", Duration.ofSeconds(2));
    try (WsClient ann = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      ann.send("{\"type\":\"auth\",\"token\":\"Ann\"}");
      JsonNode answer = ann.await("answer", each -> !each.get("type").asString().equals("welcome"));
      assertThat(answer.get("type").asString()).as(answer.toString()).isEqualTo("authenticated");
    }
  }

  /** "A refused auth closes the connection only if the client was not known before." */
  @Test
  void aKnownPlainClientStaysWhileKeysCannotBeRead() {
    OrdersGateway gateway = gateway(Map.of());
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann"))) {
      ann.await("subscribed");
      ann.send("{\"type\":\"auth\",\"token\":\"down\"}");
      Await.until(
          "an answer or a close",
          () -> ann.arrived().toString().contains("error") || !gateway.traffic.closes.isEmpty());
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  private static void text(ByteArrayOutputStream to, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    assertThat(payload.length).isLessThan(126);
    to.write(0x81);
    to.write(0x80 | payload.length);
    to.writeBytes(new byte[4]);
    to.writeBytes(payload);
  }

  /** Held: a read takes at most 2,048 bytes, so no more than 97 such messages wait. */
  @Test
  void messagesAfterAuthWait() {
    OrdersGateway gateway =
        gateway(Map.of(Limit.AUTH_SECONDS, 60L, Limit.FRAMES, GatewayOptions.OFF));
    slow.put("Ann", Duration.ofMillis(300));
    try (RawSocket ann =
        RawSocket.connect(gateway.address).upgrade("/ws", "Sec-WebSocket-Protocol: orderwire.v1")) {
      assertThat(ann.readMessage().get("type").asString()).isEqualTo("welcome");
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = 0; i < 400; i++) {
        text(all, "{\"type\":\"ping\"}");
      }
      for (int burst = 0; burst < 2; burst++) {
        // Netty reads more at once from a client that has sent much.
        ann.send(all.toByteArray());
        for (int i = 0; i < 400; i++) {
          assertThat(ann.readMessage().get("type").asString()).isEqualTo("pong");
        }
      }
      all.reset();
      text(all, "{\"type\":\"auth\",\"token\":\"Ann\"}");
      for (int i = 0; i < 101; i++) {
        text(all, "{\"type\":\"ping\"}");
      }
      ann.send(all.toByteArray());
      assertThat(ann.readMessage().get("type").asString()).isEqualTo("authenticated");
      for (int i = 0; i < 101; i++) {
        assertThat(ann.readMessage().get("type").asString()).isEqualTo("pong");
      }
    }
  }

  /** A list of a token that is longer than a client's where may be. */
  @Test
  void aLongListOfAClaimIsNoMisfit() {
    OrdersGateway gateway = gateway(Map.of());
    order(gateway, "Ann7", "new");
    HttpResponse<String> rows = get(gateway, "x/list", "/api/tables/orders/rows");
    assertThat(rows.body()).doesNotContain("policy_misfit");
  }

  /** Fetch: the wildcard of Access-Control-Allow-Headers does not stand for Authorization. */
  @Test
  void pagesOfOtherOriginsMaySendTheirToken() {
    OrdersGateway gateway = gateway(Map.of());
    try (RawSocket browser = RawSocket.connect(gateway.address)) {
      browser.send(
          """
          OPTIONS /api/tables HTTP/1.1\r
          Host: localhost\r
          Access-Control-Request-Method: GET\r
          Access-Control-Request-Headers: authorization\r
          \r
          """);
      assertThat(browser.readHead().toLowerCase(Locale.ROOT))
          .containsPattern("access-control-allow-headers:.*authorization");
    }
  }

  /** As the docs say of a WebSocket; a browser tells a page nothing of an answer of HTTP. */
  @Test
  void aWebSocketWithTwoTokensIsToldWhy() {
    OrdersGateway gateway = gateway(Map.of());
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann"), "orderwire.token.Ann")) {
      assertThat(ann.await("error").get("code").asString()).isEqualTo("not_authenticated");
      assertThat(ann.closeCode()).isEqualTo(4401);
    }
  }

  // --- a stress test: tokens change on a live connection ---

  @Test
  void nothingOfFormerRightsComesAfterAuthenticated() throws Exception {
    OrdersGateway gateway = gateway(Map.of(Limit.ERRORS, 10_000L));
    watchNetty();
    for (String c : List.of("AnnA", "AnnB")) {
      gateway.database.execute(
          "INSERT INTO orders (customer) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
              + " FROM n WHERE i < 900) SELECT '"
              + c
              + "' FROM n");
    }
    gateway.awaitAll();
    AtomicBoolean end = new AtomicBoolean();
    Thread writer =
        new Thread(() -> {
          while (!end.get()) {
            gateway.database.execute(
                "INSERT INTO orders (customer, status) VALUES ('AnnA','x'), ('AnnB', 'x')",
                "UPDATE orders SET customer = IF(customer = 'AnnA', 'AnnB', 'AnnA')"
                    + " WHERE id % 97 = "
                    + ThreadLocalRandom.current().nextInt(97));
          }
        });
    writer.start();
    List<String> bad = new ArrayList<>();
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann-A"), "orderwire.v1")) {
      ann.await("welcome");
      String[] views = {
        "\"snapshot\":true",
        "\"snapshot\":true,\"columns\":[\"id\",\"customer\"],\"conflate\":\"20ms\"",
        "\"columns\":[\"customer\"]"
      };
      String now = "A";
      int authenticated = 0;
      for (int round = 0; round < 60; round++) {
        int pick = ThreadLocalRandom.current().nextInt(views.length);
        ann.send("{\"type\":\"subscribe\"," + views[pick] + "}");
        String next = ThreadLocalRandom.current().nextBoolean() ? "A" : "B";
        Thread.sleep(ThreadLocalRandom.current().nextInt(30));
        ann.send("{\"type\":\"auth\",\"token\":\"Ann-" + next + "\"}");
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        boolean done = false;
        while (!done && System.nanoTime() < deadline) {
          for (JsonNode each : ann.arrived()) {
            String type = each.get("type").asString();
            if (type.equals("authenticated")) {
              now = next;
              done = true;
              authenticated++;
            }
            String other = now.equals("A") ? "AnnB" : "AnnA";
            if (each.toString().contains("\"" + other + "\"")) {
              bad.add(type + " for " + now);
            }
          }
          Thread.sleep(1);
        }
        if (round % 10 == 9) {
          ann.send("{\"type\":\"ping\"}");
        }
      }
      assertThat(authenticated).isEqualTo(60);
      assertThat(gateway.traffic.closes).isEmpty();
    } finally {
      end.set(true);
      writer.join();
    }
    assertThat(bad).isEmpty();
    Await.until("no subscription is left", () -> gateway.traffic.subscriptions.get() == 0);
    assertThat(netty.list.stream().map(each -> each + " " + cause(each))).isEmpty();
  }
}
