package dev.orderwire.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A proxy before MySQL whose connections can fall silent without being closed. */
public final class StallingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private volatile long generation;

  public StallingProxy(int target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Nothing comes through any more on the connections that exist; new ones work. */
  public synchronized void stall() {
    generation = generation + 1;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket near = server.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(near);
        sockets.add(far);
        long mine = generation;
        Thread.ofVirtual().start(() -> pass(near, far, mine));
        Thread.ofVirtual().start(() -> pass(far, near, mine));
      } catch (IOException e) {
        // Closed, or MySQL refused; the client sees the end of its connection.
      }
    }
  }

  private void pass(Socket from, Socket to, long mine) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (mine == generation) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      // One end is gone, and closing the streams ends the other.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
