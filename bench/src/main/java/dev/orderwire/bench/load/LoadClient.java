package dev.orderwire.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket client: its socket, and what it has received. If it is disconnected it resumes from
 * its last position, as clients should. For the loop's thread.
 */
final class LoadClient implements ServerStream.Listener {
  /** Ends a client that is disconnected again and again. */
  private static final int MAX_RESUMES = 10;

  private final LoadGroup group;
  private final int index;
  private final ReceivedNumbers numbers;
  private final @Nullable SocketAddress source;
  private final String since;
  private final int resumes;
  private final SocketChannel channel;

  /** Null without TLS. */
  private final @Nullable TlsSocket tls;

  private final SelectionKey key;
  private final ServerStream stream = new ServerStream(this);
  private ServerStream.Kind kind = ServerStream.Kind.OTHER;
  private int subscribed;
  private boolean served;
  private boolean ended;

  /**
   * The reason to end the connection, after everything that was read has been processed: that may
   * contain a newer position.
   */
  private @Nullable String endReason;

  private byte[] position = new byte[32];
  private int positionBytes;
  private long now;

  /** When changes last arrived since the group was cleared; 0 for never. */
  private long lastChanges;

  /** The stamps found in the current message. They count only when the message is complete. */
  private int[] foundNumbers = new int[1];

  private long[] foundTimes = new long[1];
  private int found;

  /**
   * Begins to connect.
   *
   * @param index its number in the group
   * @param source the address to connect from; null for any
   */
  LoadClient(
      LoadGroup group,
      int index,
      ReceivedNumbers numbers,
      @Nullable SocketAddress source,
      Selector selector)
      throws IOException {
    this(group, index, numbers, source, selector, "", 0);
  }

  private LoadClient(
      LoadGroup group,
      int index,
      ReceivedNumbers numbers,
      @Nullable SocketAddress source,
      Selector selector,
      String since,
      int resumes)
      throws IOException {
    this.source = source;
    this.since = since;
    this.resumes = resumes;
    this.served = resumes > 0;
    this.group = group;
    this.index = index;
    this.numbers = numbers;
    this.channel = SocketChannel.open();
    channel.configureBlocking(false);
    // Closing then resets the connection, like a lost one, and leaves no port in TIME_WAIT.
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    if (source != null) {
      channel.bind(source);
    }
    this.tls = group.target().isTls() ? new TlsSocket(channel, group.target().address()) : null;
    boolean connected = channel.connect(group.target().address());
    this.key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    if (connected) {
      connected();
    }
  }

  private void connected() throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    if (tls != null) {
      tls.handshake();
    }
    send(ByteBuffer.wrap(group.target().request(index, since)));
  }

  /** Messages to the server are short, so a socket that cannot take one at once is a failure. */
  private void send(ByteBuffer bytes) throws IOException {
    if (tls != null) {
      tls.write(bytes);
      return;
    }
    channel.write(bytes);
    if (bytes.hasRemaining()) {
      throw new IOException("the server does not read its input");
    }
  }

  /** Connects or reads, whatever the socket is ready for. All clients share the buffer. */
  void ready(ByteBuffer buffer) {
    try {
      if (key.isConnectable()) {
        channel.finishConnect();
        connected();
      } else {
        read(buffer);
      }
    } catch (IOException e) {
      end(e.toString());
    }
  }

  private void read(ByteBuffer buffer) throws IOException {
    stream.begin(buffer);
    int count = tls == null ? channel.read(buffer) : tls.read(buffer);
    if (count < 0) {
      end("the server ended the connection");
      return;
    }
    now = System.nanoTime();
    group.bytes(count);
    stream.take(buffer);
    if (endReason != null) {
      end(endReason);
    }
  }

  void pause(boolean paused) {
    if (key.isValid()) {
      key.interestOps(paused ? 0 : SelectionKey.OP_READ);
    }
  }

  /** Ends the connection without telling the server or the group. */
  void abort() {
    ended = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("failed to close a socket", e);
    }
  }

  private void end(String reason) {
    if (!ended) {
      abort();
      group.disconnected(reason);
      if (group.target().views() == 0 && positionBytes > 0 && resumes < MAX_RESUMES) {
        resume();
      }
    }
  }

  private void resume() {
    String since = new String(position, 0, positionBytes, StandardCharsets.UTF_8);
    try {
      group.replace(
          index, new LoadClient(group, index, numbers, source, key.selector(), since, resumes + 1));
    } catch (IOException e) {
      group.disconnected(e.toString());
    }
  }

  int missing(int from, int to) {
    return numbers.missing(from, to);
  }

  @Override
  public void answered(String status) {
    if (!status.contains(" 101 ")) {
      endReason = "the server answered " + status;
      return;
    }
    byte[] subscribe = group.target().subscribe(index);
    if (subscribe.length > 0) {
      try {
        send(ByteBuffer.wrap(subscribe));
      } catch (IOException e) {
        endReason = e.toString();
      }
    }
  }

  @Override
  public void message(ServerStream.Kind begun) {
    kind = begun;
  }

  @Override
  public void found(long nanos, int number) {
    if (found == foundNumbers.length) {
      foundNumbers = Arrays.copyOf(foundNumbers, 2 * found);
      foundTimes = Arrays.copyOf(foundTimes, 2 * found);
    }
    foundNumbers[found] = number;
    foundTimes[found++] = nanos;
  }

  @Override
  public void whole() {
    group.message();
    for (int i = 0; i < found; i++) {
      boolean first = numbers.add(foundNumbers[i]);
      if (kind == ServerStream.Kind.CHANGES) {
        group.change(first, Math.max(0, now - foundTimes[i]));
      } else if (kind == ServerStream.Kind.SNAPSHOT) {
        group.row(first);
      }
    }
    if (found > 0 && kind == ServerStream.Kind.CHANGES) {
      if (lastChanges != 0) {
        group.silence(now - lastChanges);
      }
      lastChanges = now;
    }
    found = 0;
  }

  /** The time until the next changes is no silence: none were written. */
  void forgetLastChanges() {
    lastChanges = 0;
  }

  @Override
  public void subscribed() {
    subscribed++;
    if (subscribed == group.target().subscriptions() && !group.target().wantsSnapshot()) {
      served();
    }
  }

  @Override
  public void position(ByteBuffer bytes, int at, int length) {
    if (length > position.length) {
      position = new byte[length];
    }
    bytes.get(at, position, 0, length);
    positionBytes = length;
  }

  @Override
  public void snapshotDone() {
    if (group.target().wantsSnapshot()) {
      served();
    }
  }

  private void served() {
    if (!served) {
      served = true;
      group.served();
    }
  }

  @Override
  public void error(String message) {
    endReason = message;
  }

  @Override
  public void ping(ByteBuffer bytes, int at, int length) {
    try {
      send(ClientFrames.pong(bytes, at, length));
    } catch (IOException e) {
      endReason = e.toString();
    }
  }

  @Override
  public void closing(String reason) {
    endReason = reason;
  }
}
