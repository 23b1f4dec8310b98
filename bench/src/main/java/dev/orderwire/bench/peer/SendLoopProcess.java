package dev.orderwire.bench.peer;

import dev.orderwire.bench.load.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A {@link SendLoop} in a process of its own. */
public final class SendLoopProcess implements AutoCloseable {
  private final ChildJvm process;
  private final URI websocket;

  private SendLoopProcess(ChildJvm process) {
    this.process = process;
    this.websocket = URI.create("ws://127.0.0.1:" + process.receive() + "/");
  }

  /**
   * Starts the process.
   *
   * @param log the file for its standard error
   */
  public static SendLoopProcess start(Path log) throws IOException {
    return new SendLoopProcess(
        ChildJvm.start(
            ChildJvm.optionsOfLoad(
                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC")),
            SendLoop.class.getName(),
            List.of(),
            Map.of(),
            log));
  }

  public URI websocket() {
    return websocket;
  }

  public long pid() {
    return process.pid();
  }

  /** Begins to accept so many clients. {@link #awaitAccepted} returns when all are connected. */
  public void accept(int count) {
    process.send("accept " + count);
  }

  public void awaitAccepted() {
    process.receive();
  }

  /**
   * Sends each client {@code rounds} frames with sequence numbers, and returns when all are sent.
   *
   * @param first the sequence number of the first frame
   * @param bytes the length of a frame
   * @throws IllegalStateException if a socket did not take a frame at once: then the loop's cost is
   *     no lower bound
   */
  public void send(int rounds, int perSecond, int first, int bytes) {
    process.send("send %d %d %d %d".formatted(rounds, perSecond, first, bytes));
    long refused = Long.parseLong(process.receive());
    if (refused > 0) {
      throw new IllegalStateException(
          "%,d frames of the bare send loop were refused: the clients are too slow for this rate"
              .formatted(refused));
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
