package dev.orderwire.bench.rig;

import dev.orderwire.demo.cluster.Part;
import java.io.IOException;
import java.net.URI;

/** The engine of a bus, as a process. It has the same address after each start. */
public final class BusEngine implements AutoCloseable {
  private final Part.Program program;
  private final URI address;
  private Part.Running running;

  /** Starts it, and returns when it serves. */
  BusEngine(Part.Program program, URI address) throws IOException {
    this.program = program;
    this.address = address;
    this.running = start();
  }

  private Part.Running start() throws IOException {
    try {
      return program.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the bus started", e);
    }
  }

  /** The setting {@code bus} of the servers. */
  URI address() {
    return address;
  }

  /** Ends it by SIGKILL, like a crash, and returns when it has ended. */
  public void kill() {
    running.kill();
  }

  /** Starts it again after {@link #kill}. A Redis has lost its data, and a Kafka has not. */
  public void restart() throws IOException {
    running = start();
  }

  @Override
  public void close() {
    running.stop();
  }
}
