package dev.orderwire.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.client.ScriptedServer.Connection;
import dev.orderwire.lifecycle.Backoff;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class FollowerTest {
  private static final Subscription LIVE = new Subscription("orders", null, false, null);
  private static final Subscription WITH_SNAPSHOT = new Subscription("orders", null, true, null);

  private static final JsonMapper EXACT =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final Backoff IMPATIENT = new Backoff(Duration.ofMillis(1), Duration.ofMillis(5));

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> notes = new CopyOnWriteArrayList<>();

  @Test
  void eachChangeIsOneUnalteredLine() throws Exception {
    String change =
        "{\"id\":9,\"op\":\"insert\",\"key\":{\"id\":18446744073709551615},"
            + "\"row\":{\"id\":18446744073709551615,\"n\":0.10000000000000000000000000001,\"t\":\"Zoë 漢\"},"
            + "\"old\":null,\"at\":\"2026-11-22T10:00:00.123456Z\"}";
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          assertThat(open(client))
              .isEqualTo("{\"type\":\"subscribe\",\"ref\":\"tail\",\"table\":\"orders\"}");
          client.send(subscribed("e-1"));
          client.send(changes("e-2", change, change));
          client.close(4400, "end of test");
          client.awaitEnd();
        })) {

      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("end of test");

      assertThat(lines).containsExactly(change, change);
    }
  }

  @Test
  void whereKeepsAllDigits() throws Exception {
    String where = "{\"n\":{\"gte\":1.10000000000000000000000001}}";
    Subscription subscription = new Subscription(null, EXACT.readTree(where), false, null);
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          assertThat(open(client)).contains("\"where\":" + where);
          client.close(4400, "end of test");
          client.awaitEnd();
        })) {
      assertThatThrownBy(() -> follow(server, subscription)).hasMessageContaining("end of test");
      server.awaitEnd();
    }
  }

  @Test
  void afterADisconnectItResumesFromTheLastPosition() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              open(client);
              client.send(subscribed("e-1"));
            },
            client -> {
              assertThat(open(client)).contains("\"since\":\"e-1\"");
              client.send(subscribed("e-1"));
              client.send(changes("e-2", insert(1)));
              client.close(4408, "too slow");
              client.awaitEnd();
            },
            client -> {
              assertThat(open(client)).contains("\"since\":\"e-2\"");
              client.send(subscribed("e-2"));
              client.send("{\"type\":\"position\",\"position\":\"e-7\"}");
              client.send("{\"type\":\"reconnect\",\"afterMillis\":1,\"reason\":\"drain\"}");
              client.awaitEnd();
            },
            client -> {
              assertThat(open(client)).contains("\"since\":\"e-7\"");
              client.send(subscribed("e-7"));
              client.send(changes("e-8", insert(2)));
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {

      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("end of test");

      server.awaitEnd();
      assertThat(lines).containsExactly(insert(1), insert(2));
      assertThat(notes).hasSize(3);
    }
  }

  /** The server may report its newest position while missed changes are still on their way. */
  @Test
  void aGivenPositionStaysUntilMissedChangesArrive() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              assertThat(open(client)).contains("\"since\":\"e-1\"").doesNotContain("snapshot");
              client.send(subscribed("e-9"));
            },
            client -> {
              assertThat(open(client)).contains("\"since\":\"e-1\"");
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {
      Subscription since = new Subscription("orders", null, false, "e-1");

      assertThatThrownBy(() -> follow(server, since)).hasMessageContaining("end of test");

      server.awaitEnd();
    }
  }

  @Test
  void snapshotRowsAreInserts() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              assertThat(open(client)).contains("\"snapshot\":true");
              client.send(subscribed("e-1"));
              client.send(snapshot("{\"id\":1,\"s\":\"a\"},{\"id\":2,\"s\":null}", false, "e-1"));
              client.send(snapshot("{\"id\":3,\"s\":\"c\"}", true, "e-3"));
            },
            client -> {
              assertThat(open(client)).contains("\"since\":\"e-3\"").doesNotContain("snapshot");
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {

      assertThatThrownBy(() -> follow(server, WITH_SNAPSHOT)).hasMessageContaining("end of test");

      assertThat(lines)
          .containsExactly(
              row("{\"id\":1}", "{\"id\":1,\"s\":\"a\"}"),
              row("{\"id\":2}", "{\"id\":2,\"s\":null}"),
              row("{\"id\":3}", "{\"id\":3,\"s\":\"c\"}"));
    }
  }

  @Test
  void anInterruptedSnapshotRestartsAfterAResetLine() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              open(client);
              client.send(subscribed("e-1"));
              client.send(snapshot("{\"id\":1}", false, "e-1"));
            },
            client -> {
              assertThat(open(client)).contains("\"snapshot\":true").doesNotContain("since");
              client.send(subscribed("e-2"));
              client.send(snapshot("{\"id\":1}", true, "e-2"));
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {

      assertThatThrownBy(() -> follow(server, WITH_SNAPSHOT)).hasMessageContaining("end of test");

      assertThat(lines)
          .containsExactly(
              row("{\"id\":1}", "{\"id\":1}"),
              "{\"op\":\"reset\",\"reason\":\"connection\"}",
              row("{\"id\":1}", "{\"id\":1}"));
    }
  }

  @Test
  void aResetIsALineAndASnapshotFollowsEvenAfterADisconnect() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              open(client);
              client.send(subscribed("e-1"));
              client.send(reset("epoch", "id"));
              client.send("{\"type\":\"position\",\"position\":\"f-9\"}");
            },
            client -> {
              assertThat(open(client)).contains("\"snapshot\":true").doesNotContain("since");
              client.send(subscribed("f-1"));
              client.send(snapshot("{\"id\":1}", true, "f-1"));
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {

      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("end of test");

      assertThat(lines)
          .containsExactly(
              "{\"op\":\"reset\",\"reason\":\"epoch\"}", row("{\"id\":1}", "{\"id\":1}"));
    }
  }

  @Test
  void afterASchemaChangeRowsHaveTheKeyOfTheReset() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          open(client);
          client.send(subscribed("e-1"));
          client.send(changes("e-2", insert(1)));
          client.send(reset("schema", "n", "m"));
          client.send(snapshot("{\"m\":2,\"x\":3,\"n\":1}", true, "e-3"));
          client.close(4400, "end of test");
          client.awaitEnd();
        })) {

      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("end of test");

      assertThat(lines)
          .containsExactly(
              insert(1),
              "{\"op\":\"reset\",\"reason\":\"schema\"}",
              row("{\"n\":1,\"m\":2}", "{\"m\":2,\"x\":3,\"n\":1}"));
    }
  }

  @Test
  void anErrorThatEndsTheViewEndsItWithTheServersMessage() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          open(client);
          client.send(subscribed("e-1"));
          client.send(
              "{\"type\":\"error\",\"ref\":\"tail\",\"code\":\"unknown_column\",\"message\":\"no column s\"}");
          client.send("{\"type\":\"unsubscribed\",\"view\":\"v\"}");
          client.awaitEnd();
        })) {
      assertThatThrownBy(() -> follow(server, LIVE))
          .isInstanceOfSatisfying(
              OrderwireException.class,
              e -> assertThat(e.code().text()).isEqualTo("unknown_column"))
          .hasMessageContaining("no column s");
      server.awaitEnd();
    }
  }

  @Test
  void aViewEndedWithoutAReasonEndsItToo() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          open(client);
          client.send(subscribed("e-1"));
          client.send("{\"type\":\"unsubscribed\",\"view\":\"v\"}");
          client.awaitEnd();
        })) {
      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("ended this view");
    }
  }

  @Test
  void aSilentServerCountsAsLost() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              open(client);
              client.send("{\"type\":\"welcome\",\"heartbeatSeconds\":0.04}");
              client.send(subscribed("e-1"));
              client.awaitEnd();
            },
            client -> {
              assertThat(open(client)).contains("\"since\":\"e-1\"");
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {

      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("end of test");

      assertThat(notes).singleElement().asString().contains("nothing received");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4400, 4401, 4403, 4413})
  void aPermanentCloseCodeEndsIt(int code) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          open(client);
          client.close(code, "because");
          client.awaitEnd();
        })) {
      assertThatThrownBy(() -> follow(server, LIVE))
          .isInstanceOf(OrderwireException.class)
          .hasMessageContaining(code + " because");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1011, 4408, 4409, 4503})
  void itReconnectsAfterOtherCloseCodes(int code) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              open(client);
              client.close(code, "because");
              client.awaitEnd();
            },
            client -> {
              open(client);
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {
      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("end of test");
      assertThat(notes).singleElement().asString().contains(code + " because");
    }
  }

  @Test
  void aPermanentErrorOfTheServerEndsIt() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          open(client);
          client.send(
              "{\"type\":\"error\",\"ref\":\"tail\",\"code\":\"unknown_table\",\"message\":\"no x\"}");
          client.awaitEnd();
        })) {
      assertThatThrownBy(() -> follow(server, LIVE))
          .isInstanceOfSatisfying(
              OrderwireException.class, e -> assertThat(e.code().text()).isEqualTo("unknown_table"))
          .hasMessageContaining("no x");
    }
  }

  static Stream<String> retryableCodes() {
    return Arrays.stream(ErrorCode.values()).filter(ErrorCode::retryable).map(ErrorCode::text);
  }

  @ParameterizedTest
  @MethodSource("retryableCodes")
  void itReconnectsAfterARetryableError(String code) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              open(client);
              client.send(
                  "{\"type\":\"error\",\"ref\":\"tail\",\"code\":\"%s\",\"message\":\"later\"}"
                      .formatted(code));
              client.awaitEnd();
            },
            client -> {
              open(client);
              client.close(4400, "end of test");
              client.awaitEnd();
            })) {
      assertThatThrownBy(() -> follow(server, LIVE)).hasMessageContaining("end of test");
      assertThat(notes).singleElement().asString().contains("later");
    }
  }

  @Test
  void anAddressWithoutAServerIsNamed() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> client.answer("404 Not Found", "Content-Length: 0", "Connection: close"))) {
      assertThatThrownBy(() -> follow(server, LIVE))
          .hasMessageContaining("answered 404")
          .hasMessageContaining(server.uri().toString());
    }
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      free = socket.getLocalPort();
    }
    URI unused = URI.create("ws://127.0.0.1:%d/ws?token=s3cret".formatted(free));
    assertThatThrownBy(() -> follow(unused, LIVE))
        .hasMessageContaining("no server answers at ws://127.0.0.1:%d/ws (".formatted(free))
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void anInterruptEndsItAndLeavesThePosition() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(client -> {
          open(client);
          client.send(subscribed("e-1"));
          client.send(changes("e-5", insert(1)));
          client.awaitEnd();
        })) {
      Thread test = Thread.currentThread();
      try (Follower follower =
          new Follower(server.uri(), null, LIVE, IMPATIENT, line -> test.interrupt(), notes::add)) {
        assertThat(follower.position()).isNull();
        assertThatThrownBy(follower::run).isInstanceOf(InterruptedException.class);
        assertThat(follower.position()).isEqualTo("e-5");
      }
      server.awaitEnd();
    }
  }

  private void follow(ScriptedServer server, Subscription subscription)
      throws InterruptedException {
    follow(server.uri(), subscription);
  }

  private void follow(URI uri, Subscription subscription) throws InterruptedException {
    try (Follower follower =
        new Follower(uri, null, subscription, IMPATIENT, lines::add, notes::add)) {
      follower.run();
    }
  }

  /** Accepts a client, and returns its first message. */
  private static String open(Connection client) throws Exception {
    client.open();
    return client.receive();
  }

  private static String subscribed(String position) {
    return "{\"type\":\"subscribed\",\"ref\":\"tail\",\"view\":\"v\",\"table\":\"orders\",\"key\":[\"id\"],\"columns\":[],\"position\":\"%s\"}"
        .formatted(position);
  }

  private static String reset(String reason, String... key) {
    return "{\"type\":\"reset\",\"view\":\"v\",\"reason\":\"%s\",\"key\":[\"%s\"],\"columns\":[]}"
        .formatted(reason, String.join("\",\"", key));
  }

  private static String changes(String position, String... changes) {
    return "{\"type\":\"changes\",\"view\":\"v\",\"changes\":[%s],\"position\":\"%s\"}"
        .formatted(String.join(",", changes), position);
  }

  private static String snapshot(String rows, boolean done, String position) {
    return "{\"type\":\"snapshot\",\"view\":\"v\",\"rows\":[%s],\"done\":%s,\"position\":\"%s\"}"
        .formatted(rows, done, position);
  }

  private static String insert(int id) {
    return "{\"id\":%d,\"op\":\"insert\",\"key\":{\"id\":%d},\"row\":{\"id\":%d},\"old\":null,\"at\":\"2026-11-22T10:00:00.000000Z\"}"
        .formatted(id, id, id);
  }

  private static String row(String key, String row) {
    return "{\"id\":null,\"op\":\"insert\",\"key\":%s,\"row\":%s,\"old\":null,\"at\":null,\"snapshot\":true}"
        .formatted(key, row);
  }
}
