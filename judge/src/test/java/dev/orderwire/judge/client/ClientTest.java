package dev.orderwire.judge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.policy.Tokens;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.run.Topology;
import dev.orderwire.judge.table.BranchSums;
import dev.orderwire.judge.table.RandomViews;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientTest {
  /** Enough to have one of each transport. */
  private static final int CLIENTS = 12;

  private static final List<String> MESSAGES =
      List.of(
          "{\"type\":\"welcome\"}",
          "{\"type\":\"subscribed\",\"ref\":\"0\",\"view\":\"v\",\"key\":[\"id\"],\"columns\":["
              + "{\"name\":\"id\",\"type\":\"int\"}],\"position\":\"e-1\"}",
          "{\"type\":\"position\",\"position\":\"e-2\"}");
  private static final byte[] REFUSAL =
      CutServer.ascii(
          "HTTP/1.1 400 Bad Request\r\ncontent-length: 35\r\n\r\n"
              + "{\"error\":{\"code\":\"unknown_column\"}}");

  @TempDir private Path folder;

  private final Findings findings = new Findings(new PrintStream(OutputStream.nullOutputStream()));
  private final Tally tally = new Tally();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServerThatDiesAtAnyByteIsOrdinary(boolean reset) throws Exception {
    int connections = 0;
    try (CutServer server = new CutServer()) {
      for (Client client : clients(server)) {
        int longest = Math.max(webSocket().length, events().length);
        for (int length = 0; length < longest; length++) {
          server.respond(webSocket(), events(), length, reset);
          client.connectAndRead();
          connections++;
        }
      }
    }
    assertThat(findings.printed()).isEmpty();
    assertThat(count("lost connections") + count("closed by the server: 0")).isEqualTo(connections);
    for (Transport way : Transport.values()) {
      assertThat(count("connections over " + way)).as("%s", way).isPositive();
    }
  }

  @Test
  void onlyACompleteRefusalIsAFinding() throws Exception {
    try (CutServer server = new CutServer()) {
      List<Client> clients = clients(server);
      for (Client client : clients) {
        for (int length = 0; length < REFUSAL.length; length++) {
          server.respond(REFUSAL, REFUSAL, length, false);
          client.connectAndRead();
        }
      }
      assertThat(findings.printed()).isEmpty();
      assertThat(count("lost connections")).isEqualTo((long) CLIENTS * REFUSAL.length);
      server.respond(REFUSAL, REFUSAL, REFUSAL.length, false);
      for (Client client : clients) {
        client.connectAndRead();
      }
      assertThat(findings.count(Findings.Kind.PROTOCOL)).isEqualTo(CLIENTS);
    }
  }

  @Test
  void aMessageThatIsNotJsonIsAFinding() throws Exception {
    try (CutServer server = new CutServer()) {
      byte[] bytes =
          Frames.concat(
              CutServer.ascii("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
              Frames.text("{\"type\":"));
      server.respond(bytes, CutServer.ascii("HTTP/1.1 200 OK\r\n\r\ndata: {\n\n"), 1_000, false);
      for (Client client : clients(server)) {
        client.connectAndRead();
      }
      assertThat(findings.count(Findings.Kind.PROTOCOL)).isEqualTo(CLIENTS);
    }
  }

  private List<Client> clients(CutServer server) throws IOException {
    Duration length = Duration.ofSeconds(1);
    Plan plan = new Plan(length, length, 1, Topology.DIRECT, 0, 1, 0, CLIENTS, 1, Set.of(), false);
    List<Client> clients = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      clients.add(
          new Client(
              i,
              plan,
              List.of(server),
              new RandomViews(_ -> List.of()),
              new BranchSums(Map.of()),
              null,
              new Tokens(1),
              null,
              new Phase(),
              findings,
              tally,
              new Transcript(folder.resolve("client-" + i + ".log"))));
    }
    return clients;
  }

  private long count(String label) {
    return tally.of(Tally.Group.CLIENTS).entrySet().stream()
        .filter(each -> each.getKey().equals(label))
        .mapToLong(each -> each.getValue().sum())
        .sum();
  }

  private static byte[] webSocket() {
    return Frames.concat(
        CutServer.ascii("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"),
        Frames.concat(MESSAGES.stream().map(Frames::text).toArray(byte[][]::new)));
  }

  private static byte[] events() {
    StringBuilder stream =
        new StringBuilder("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n");
    MESSAGES.forEach(message -> stream.append("data: ").append(message).append("\n\n"));
    return stream.toString().getBytes(StandardCharsets.UTF_8);
  }
}
