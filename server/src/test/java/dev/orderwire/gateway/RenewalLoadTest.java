package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.WsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

/** A user of several organizations has a token for each, and changes between them. */
@ExtendWith(FailOnLeak.class)
class RenewalLoadTest {
  private static final int VIEWS = 30;
  private static final int TURNS = 8;

  /** A token is {@code NAME/ORGANIZATION}. */
  private static FeedGateway gateway(InMemoryStore store, Map<Limit, Long> limits) {
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(
            JsonMapper.shared()
                .readTree("{\"orders\":{\"user\":{\"rows\":{\"customer\":\"${claims.org}\"}}}}"),
            new Seal(new byte[32]),
            problems);
    assertThat(problems).isEmpty();
    Admission admission =
        Admission.by(
            token ->
                new Identity(
                    token.split("/", -1)[0],
                    Map.of("org", JsonMapper.shared().valueToTree(token.split("/", -1)[1])),
                    List.of("user"),
                    null,
                    null),
            policies);
    return new FeedGateway(
        FeedGateway.options(limits, Proxies.NONE), 1_000, store, store, admission, null);
  }

  private static void subscribe(WsClient client) {
    for (int i = 0; i < VIEWS; i++) {
      client.send("{\"type\":\"subscribe\",\"where\":{\"id\":{\"ne\":%d}}}".formatted(i));
      client.await("subscribed");
    }
  }

  /** Returns when it waits for its turn. */
  private static void askForSnapshot(WsClient client) {
    client.send("{\"type\":\"subscribe\",\"snapshot\":true}");
    client.send("{\"type\":\"ping\"}");
    client.await("pong");
  }

  /** An identity may have so many reads of rows at once, whatever makes them necessary. */
  @Test
  void theReadsForARenewedTokenCountForItsIdentity() {
    InMemoryStore store = new InMemoryStore();
    try (FeedGateway gateway = gateway(store, Map.of(Limit.IDENTITY_SNAPSHOTS, 4L));
        WsClient attacker = WsClient.connect(gateway.ws("token", "Eve/a"), "orderwire.v1");
        WsClient honest = WsClient.connect(gateway.ws("token", "Ann/c"), "orderwire.v1")) {
      subscribe(attacker);
      honest.await("welcome");
      store.reads.acquireUninterruptibly();
      attacker.send("{\"type\":\"auth\",\"token\":\"Eve/b\"}");
      assertThat(attacker.closeCode()).isEqualTo(CloseReason.OVER_LIMIT.code());
      assertThat(gateway.traffic.overLimits).contains(Limit.IDENTITY_SNAPSHOTS);
      assertThat(store.reads.getQueueLength()).isLessThanOrEqualTo(4);
      askForSnapshot(honest);
      store.reads.release();
      honest.await("snapshot");
    }
  }

  /** The turns at MySQL are fair: the honest client's comes after all others. */
  @Test
  void nothingIsReadForAClientThatHasLeft() {
    InMemoryStore store = new InMemoryStore();
    try (FeedGateway gateway = gateway(store, Map.of());
        WsClient honest = WsClient.connect(gateway.ws("token", "Ann/c"), "orderwire.v1")) {
      WsClient attacker = WsClient.connect(gateway.ws("token", "Eve/a"), "orderwire.v1");
      subscribe(attacker);
      store.reads.acquireUninterruptibly();
      attacker.send("{\"type\":\"auth\",\"token\":\"Eve/b\"}");
      Await.until("rows are read", () -> store.reads.getQueueLength() == TURNS);
      attacker.abort();
      Await.until("it is gone", () -> gateway.traffic.connections.get() == 1);
      askForSnapshot(honest);
      store.reads.release();
      honest.await("snapshot");
      assertThat(gateway.traffic.snapshotReads.get()).isLessThanOrEqualTo(TURNS + 1);
    }
  }
}
