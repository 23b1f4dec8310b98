package dev.orderwire.bench;

import dev.orderwire.bench.load.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A {@link FloorSender}, told what to do. */
final class FloorProcess implements AutoCloseable {
  private final ChildJvm process;
  private final URI websocket;

  private FloorProcess(ChildJvm process) {
    this.process = process;
    this.websocket = URI.create("ws://127.0.0.1:" + process.answer() + "/");
  }

  /**
   * @param log where its standard error goes
   */
  static FloorProcess start(Path log) throws IOException {
    return new FloorProcess(
        ChildJvm.start(
            List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"),
            FloorSender.class.getName(),
            List.of(),
            Map.of(),
            log));
  }

  URI websocket() {
    return websocket;
  }

  long pid() {
    return process.pid();
  }

  /** Begins to let clients in; {@link #accepted} tells when all are. */
  void accept(int count) {
    process.tell("accept " + count);
  }

  void accepted() {
    process.answer();
  }

  /**
   * Sends each client so many frames, with running numbers, and returns when they are sent.
   *
   * @param bytes the length of a frame
   * @throws IllegalStateException where a client did not take one at once: then it is no floor
   */
  void send(int rounds, int perSecond, int first, int bytes) {
    process.tell("send %d %d %d %d".formatted(rounds, perSecond, first, bytes));
    long refused = Long.parseLong(process.answer());
    if (refused > 0) {
      throw new IllegalStateException(
          "%,d frames of the bare send loop were not taken: the clients are too slow for this rate"
              .formatted(refused));
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
