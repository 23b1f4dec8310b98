package dev.orderwire.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SendLoopProcessTest {
  private static final int CLIENTS = 20;
  private static final int ROUNDS = 50;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {127, 130, 300, 1_000})
  void eachClientGetsEachFrameOnceWithTheRequestedLength(int bytes) throws Exception {
    try (SendLoopProcess loop = SendLoopProcess.start(folder.resolve("send-loop.log"));
        Load load = new Load(folder)) {
      loop.accept(CLIENTS);
      load.connect("all", CLIENTS, 1_000, loop.websocket());
      loop.awaitAccepted();
      load.clear("all");
      loop.send(ROUNDS, 500, 7, bytes);
      LoadReport report =
          load.await("all", 7, 7 + ROUNDS, Duration.ofSeconds(30)).requireComplete();
      assertThat(report.messages()).isEqualTo(CLIENTS * ROUNDS);
      assertThat(report.bytes()).isEqualTo((long) CLIENTS * ROUNDS * bytes);
    }
  }
}
