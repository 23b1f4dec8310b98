package dev.orderwire.judge.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between one server and MySQL, with faults: it can reset all connections, or hold back
 * all bytes. Safe for use by any number of threads.
 */
final class MysqlProxy implements AutoCloseable {
  private enum State {
    OPEN,
    CUT,
    SILENT
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private State state = State.OPEN;

  /**
   * @param target the port on loopback to connect to
   */
  MysqlProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Resets every connection, and new ones too until {@link #heal}. */
  void cut() {
    setState(State.CUT);
    sockets.forEach(MysqlProxy::reset);
  }

  /** Holds back all bytes until {@link #heal}; connections stay open. */
  void silence() {
    setState(State.SILENT);
  }

  void heal() {
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
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
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
    }
  }

  /** Forwards one direction until either side ends, and then resets both. */
  private void forward(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitNotSilent();
        out.write(buffer, 0, read);
      }
    } catch (SocketException e) {
      // One side has ended; the other is reset below.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      reset(from);
      reset(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // The socket is closed already.
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
