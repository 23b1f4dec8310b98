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
import java.util.function.BooleanSupplier;

/** The sockets of a proxy on loopback: those of its clients, and those to the server behind it. */
final class ProxySockets implements AutoCloseable {
  /** Serves a client, on a thread of its own. If it throws, the client is cut off. */
  interface Service {
    void serve(Socket client) throws IOException;
  }

  private final ServerSocket listener;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  ProxySockets() {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Begins to accept clients. */
  void start(Service service) {
    Thread.ofVirtual().start(() -> accept(service));
  }

  private void accept(Service service) {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(service, client));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private static void serve(Service service, Socket client) {
    try {
      service.serve(client);
    } catch (IOException e) {
      close(client);
    }
  }

  Socket connect(int port) throws IOException {
    Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
    sockets.add(server);
    return server;
  }

  /**
   * Passes bytes on, on a thread of its own, until one end is gone. Then the other one is cut off.
   *
   * @param open whether what arrives comes through
   */
  static void pass(Socket from, Socket to, BooleanSupplier open) {
    Thread.ofVirtual().start(() -> passAll(from, to, open));
  }

  private static void passAll(Socket from, Socket to, BooleanSupplier open) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (open.getAsBoolean()) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      // One end is gone, and closing the streams ends the other.
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(ProxySockets::close);
  }
}
