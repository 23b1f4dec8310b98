package dev.orderwire.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.gateway.tls.TlsFiles;
import dev.orderwire.lifecycle.Backoff;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestAuthority;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client behind {@code tail}, over TLS. */
class SecureFollowerTest {
  private static final int CHANGES = 2_000;

  @TempDir private Path folder;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private TestAuthority authority;
  private ServerTls tls;
  private FeedGateway gateway;

  @BeforeEach
  void start() {
    authority = new TestAuthority(folder, "gateway");
    TestAuthority.Issued issued = authority.issue("gateway", "dns:localhost");
    tls = new ServerTls(new TlsFiles(issued.certificate(), issued.key(), null), 0);
    gateway = new FeedGateway(Map.of(), tls);
  }

  @AfterEach
  void stop() {
    gateway.close();
    tls.close();
  }

  private Follower follower(String host, @Nullable Path authorities) {
    return new Follower(
        URI.create("wss://%s:%d/ws".formatted(host, gateway.address.getPort())),
        authorities,
        new Subscription(null, null, false, null),
        new Backoff(Duration.ofMillis(1), Duration.ofMillis(10)),
        lines::add,
        notes::add);
  }

  @Test
  void changesArriveOverTlsAndTheEndOfTheServerIsNoticed() throws Exception {
    try (Follower follower = follower("localhost", authority.certificate())) {
      Thread thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  follower.run();
                } catch (InterruptedException e) {
                  // The end of the test.
                }
              });
      Await.until("it is subscribed", () -> follower.position() != null);
      String text = "x".repeat(4_000);
      for (int i = 0; i < CHANGES; i++) {
        gateway.append(FeedGateway.insert(101 + i, FeedGateway.order(i, text, "pending")));
      }
      Await.until("all changes arrive", () -> lines.size() == CHANGES);
      gateway.close();
      Await.until("it notices", () -> !notes.isEmpty());
      thread.interrupt();
      thread.join();
    }
  }

  @Test
  void aServerThatIsNotTrustedIsAnErrorThatNamesTheOption() throws Exception {
    try (Follower follower = follower("localhost", null)) {
      assertThatThrownBy(follower::run)
          .isInstanceOf(OrderwireException.class)
          .hasMessageContaining("--ca FILE");
    }
    try (Follower follower = follower("127.0.0.1", authority.certificate())) {
      assertThatThrownBy(follower::run)
          .isInstanceOf(OrderwireException.class)
          .hasMessageContaining("127.0.0.1");
    }
  }

  @Test
  void aFileWithoutAuthoritiesIsAnError() {
    Path missing = folder.resolve("missing.pem");
    assertThatThrownBy(() -> follower("localhost", missing))
        .hasMessage("--ca: there is no file " + missing);
    assertThat(lines).isEmpty();
  }
}
