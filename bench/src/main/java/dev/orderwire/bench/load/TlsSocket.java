package dev.orderwire.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A socket that does not block, with TLS. For one thread. */
final class TlsSocket {
  private static final SSLContext CLIENT = client();
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final ByteBuffer received;
  private final ByteBuffer toSend;

  /** The bytes that wait for the end of the handshake. */
  private final Queue<ByteBuffer> waiting = new ArrayDeque<>(1);

  private boolean open;

  TlsSocket(SocketChannel channel, InetSocketAddress server) {
    this.channel = channel;
    this.engine = CLIENT.createSSLEngine(server.getHostString(), server.getPort());
    engine.setUseClientMode(true);
    int record = engine.getSession().getPacketBufferSize();
    this.received = ByteBuffer.allocate(record);
    this.toSend = ByteBuffer.allocate(record);
  }

  /** Trusts every server: load goes to this machine only. */
  private static SSLContext client() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins the handshake; {@link #read} goes on with it. */
  void handshake() throws IOException {
    engine.beginHandshake();
    goOn(engine.getHandshakeStatus());
  }

  /** Sends bytes, after the handshake. */
  void write(ByteBuffer bytes) throws IOException {
    if (!open) {
      waiting.add(bytes);
      return;
    }
    while (bytes.hasRemaining()) {
      wrap(bytes);
    }
  }

  /**
   * Reads what has arrived into a buffer with room for a record at least.
   *
   * @return how many bytes were read; negative at the end of the connection
   */
  int read(ByteBuffer into) throws IOException {
    int total = 0;
    while (into.remaining() >= received.capacity()) {
      int count = channel.read(received);
      received.flip();
      total += unwrapAll(into);
      received.compact();
      if (count < 0 || engine.isInboundDone()) {
        return total > 0 ? total : -1;
      }
      if (count == 0) {
        return total;
      }
    }
    return total;
  }

  private int unwrapAll(ByteBuffer into) throws IOException {
    int total = 0;
    while (received.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(received, into);
      total += result.bytesProduced();
      goOn(result.getHandshakeStatus());
      if (result.getStatus() != Status.OK) {
        break;
      }
    }
    return total;
  }

  private void goOn(HandshakeStatus first) throws IOException {
    for (HandshakeStatus status = first; ; status = engine.getHandshakeStatus()) {
      switch (status) {
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case NEED_WRAP -> {
          if (wrap(NOTHING) == HandshakeStatus.FINISHED) {
            opened();
            return;
          }
        }
        case FINISHED -> {
          opened();
          return;
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  private void opened() throws IOException {
    open = true;
    for (ByteBuffer bytes = waiting.poll(); bytes != null; bytes = waiting.poll()) {
      write(bytes);
    }
  }

  private HandshakeStatus wrap(ByteBuffer bytes) throws IOException {
    toSend.clear();
    SSLEngineResult result = engine.wrap(bytes, toSend);
    if (result.getStatus() != Status.OK) {
      throw new IOException("the connection is closed");
    }
    channel.write(toSend.flip());
    if (toSend.hasRemaining()) {
      throw new IOException("the server does not read its input");
    }
    return result.getHandshakeStatus();
  }

  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
