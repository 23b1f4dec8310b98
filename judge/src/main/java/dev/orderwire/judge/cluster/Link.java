package dev.orderwire.judge.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A port that passes its connections on, as a network does, with faults: it can reset all
 * connections, or hold back all bytes. Safe for use by any number of threads.
 */
public final class Link implements AutoCloseable {
  /** Where each new connection goes. */
  interface Target {
    /** There is no place to connect to: the connection is reset. */
    int NONE = 0;

    /**
     * The port on loopback to connect to.
     *
     * @param from the port of the process that connects
     */
    int port(int from);
  }

  private enum State {
    OPEN,
    CUT,
    SILENT
  }

  private final ServerSocket listener;
  private final Target target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private State state = State.OPEN;

  Link(Target target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Resets every connection, and new ones too until {@link #heal}. */
  public void cut() {
    setState(State.CUT);
    sockets.forEach(Link::reset);
  }

  /** Holds back all bytes until {@link #heal}; connections stay open. */
  public void silence() {
    setState(State.SILENT);
  }

  public void heal() {
    setState(State.OPEN);
  }

  private synchronized void setState(State next) {
    state = next;
    notifyAll();
  }

  private synchronized boolean isCut() {
    return state == State.CUT;
  }

  private synchronized void awaitNotSilent() throws InterruptedException {
    while (state == State.SILENT) {
      wait();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (isCut()) {
          reset(client);
        } else {
          Thread.ofVirtual().start(() -> connect(client));
        }
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void connect(Socket client) {
    Socket upstream = new Socket();
    sockets.add(client);
    sockets.add(upstream);
    try {
      int port = target.port(client.getPort());
      if (port == Target.NONE) {
        reset(client);
        return;
      }
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      if (isCut()) {
        // It may have begun after the other connections were reset.
        reset(client);
        reset(upstream);
      }
      Thread back = Thread.ofVirtual().start(() -> forward(upstream, client));
      forward(client, upstream);
      back.join();
    } catch (IOException e) {
      reset(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
      sockets.remove(upstream);
      close(client);
      close(upstream);
    }
  }

  /** Forwards one direction up to its end. If either side is lost, both are reset. */
  private void forward(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitNotSilent();
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      reset(from);
      reset(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // The socket is closed already.
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The connection is gone either way.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
