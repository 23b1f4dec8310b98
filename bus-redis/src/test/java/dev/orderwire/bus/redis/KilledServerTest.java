package dev.orderwire.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bus.redis.Servers.Server;
import dev.orderwire.testing.AdminClient;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server is killed by {@code kill -9}, or hangs, as a process. */
final class KilledServerTest {
  /** A server, and where it listens. */
  private record Child(Process process, int port) implements AutoCloseable {
    static Child start(RedisServer redis) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  PresenceMain.class.getName(),
                  redis.address().toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      BufferedReader out = process.inputReader(UTF_8);
      return new Child(process, Integer.parseInt(out.readLine().strip()));
    }

    PlainClient connect(String identity) {
      return PlainClient.connect(
          URI.create("ws://127.0.0.1:%d/ws?token=customer:%s".formatted(port, identity)));
    }

    void signal(String name) {
      RedisServer.run(List.of("kill", "-" + name, Long.toString(process.pid())));
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  @TempDir private Path folder;

  @Test
  void theConnectionsOfAKilledServerVanish() throws IOException {
    try (RedisServer redis = RedisServer.start(folder);
        Servers servers = new Servers(redis.address(), Map.of());
        Child child = Child.start(redis)) {
      Server first = servers.start("first");
      PlainClient one = first.connect("7");
      child.connect("8");
      Await.until("all are listed", () -> listed(first).equals("[7, 8]"));
      child.process().destroyForcibly().onExit().join();
      Await.until("they are gone", () -> listed(first).equals("[7]"));
      Await.until("the server is unknown", () -> first.known() == 1);
      assertThat(redis.cli("KEYS", "*").lines()).allMatch(key -> isOf(first, key));
      one.ping();
    }
  }

  private static String listed(Server server) {
    return server.admin().identities().toString();
  }

  private static boolean isOf(Server server, String key) {
    return key.equals("orderwire:servers") || key.contains(server.id());
  }

  /** As a machine without power for a while. */
  @Test
  void aServerThatHangsIsNamedAndComesBack() throws IOException {
    try (RedisServer redis = RedisServer.start(folder);
        Servers servers = new Servers(redis.address(), Map.of());
        Child child = Child.start(redis)) {
      Server first = servers.start("first");
      PlainClient hanging = child.connect("8");
      Await.until("it is listed", () -> listed(first).equals("[8]"));
      child.signal("STOP");
      AdminClient.Answer answer = first.admin().kickIdentity("9");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).hasToString("{\"closed\":0,\"unanswered\":[\"a process\"]}");
      Await.until("it has vanished", () -> listed(first).equals("[]"));
      assertThat(first.admin().kickIdentity("9").body().get("unanswered")).isEmpty();
      child.signal("CONT");
      Await.until("it is listed again", () -> listed(first).equals("[8]"));
      hanging.ping();
      assertThat(first.admin().kickConnection(hanging.id()).closed()).isEqualTo(1);
      assertThat(hanging.closeCode()).isEqualTo(4403);
    }
  }
}
