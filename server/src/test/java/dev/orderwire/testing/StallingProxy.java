package dev.orderwire.testing;

import java.io.IOException;
import java.net.Socket;

/** A proxy before MySQL whose connections can fall silent without being closed. */
public final class StallingProxy implements AutoCloseable {
  private final ProxySockets sockets = new ProxySockets();
  private final int target;
  private volatile long generation;

  public StallingProxy(int target) {
    this.target = target;
    sockets.start(this::serve);
  }

  public int port() {
    return sockets.port();
  }

  /** Nothing comes through any more on the connections that exist; new ones work. */
  public synchronized void stall() {
    generation = generation + 1;
  }

  private void serve(Socket client) throws IOException {
    Socket server = sockets.connect(target);
    long mine = generation;
    ProxySockets.pass(client, server, () -> mine == generation);
    ProxySockets.pass(server, client, () -> mine == generation);
  }

  @Override
  public void close() {
    sockets.close();
  }
}
