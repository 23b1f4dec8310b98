package dev.orderwire.bench.peer;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A socket that counts the bytes it sends and receives, without the headers of TCP and IP. One
 * thread may read; any thread may send and read the count.
 */
final class CountingSocket implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final AtomicLong bytes = new AtomicLong();

  CountingSocket(URI server) throws IOException {
    this.socket = new Socket(InetAddress.getByName(server.getHost()), server.getPort());
    this.socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(counting(socket.getInputStream()));
  }

  /** Counts block reads only, as a buffered stream uses no others. */
  private InputStream counting(InputStream from) {
    return new FilterInputStream(from) {
      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int read = super.read(to, offset, length);
        bytes.addAndGet(Math.max(0, read));
        return read;
      }
    };
  }

  synchronized void send(byte[] message) throws IOException {
    socket.getOutputStream().write(message);
    bytes.addAndGet(message.length);
  }

  /** The next byte, unsigned. */
  int read() throws IOException {
    int next = in.read();
    if (next == -1) {
      throw new EOFException("the server closed the connection");
    }
    return next;
  }

  byte[] read(int count) throws IOException {
    byte[] read = in.readNBytes(count);
    if (read.length < count) {
      throw new EOFException("the server closed the connection");
    }
    return read;
  }

  /** The bytes sent and received so far. */
  long bytes() {
    return bytes.get();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
