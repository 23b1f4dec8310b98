package dev.orderwire.judge.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.orderwire.judge.client.Lines;
import dev.orderwire.judge.run.Tally;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The judge's fail-over must lose what was acknowledged: otherwise it would prove nothing. */
@Timeout(60)
final class RedisBrokerTest {
  @TempDir private Path folder;

  @BeforeAll
  static void needsRedis() {
    assumeThat(RedisProcess.installed()).as("redis-server").isPresent();
  }

  private static String ask(int port, String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      return Lines.read(socket.getInputStream());
    }
  }

  private static void awaitAnswer(int port, String command, String answer)
      throws IOException, InterruptedException {
    while (!ask(port, command).equals(answer)) {
      Thread.sleep(10);
    }
  }

  @Test
  void aFailOverLosesEntriesThatWereAcknowledged() throws Exception {
    try (RedisBroker broker = new RedisBroker(folder, new Tally())) {
      int first = broker.port();
      ask(first, "XADD s 1-1 body a");
      assertThat(ask(first, "WAIT 1 10000")).isEqualTo(":1");
      broker.cutOff();
      assertThat(ask(first, "XADD s 1-2 body b")).startsWith("$");
      RedisProcess old = broker.promote();
      assertThat(broker.port()).isNotEqualTo(first);
      assertThat(ask(broker.port(), "XLEN s")).isEqualTo(":1");
      assertThat(ask(first, "XLEN s")).isEqualTo(":2");
      old.kill();
      broker.follow();
      assertThat(ask(broker.port(), "XADD s 2-1 body c")).startsWith("$");
      awaitAnswer(first, "XLEN s", ":2");
    }
  }

  @Test
  void dataSurvivesARestartUnlessItIsDropped() throws Exception {
    try (RedisProcess redis = new RedisProcess(folder.resolve("data"), folder.resolve("log"))) {
      redis.command("XADD s 1-1 body a");
      redis.kill();
      redis.restart();
      assertThat(redis.command("XLEN s")).isEqualTo(":1");
      redis.kill();
      redis.restartEmpty();
      assertThat(redis.command("XLEN s")).isEqualTo(":0");
    }
  }
}
