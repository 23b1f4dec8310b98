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
 * One WebSocket client: its socket, and what it has had. Where it is cut off it comes back with the
 * last position that it had, as clients should. For the loop's thread.
 */
final class LoadClient implements ServerStream.Listener {
  /** One that is cut off again and again does not come back for ever. */
  private static final int MOST_RESUMES = 10;

  private final LoadGroup group;
  private final int index;
  private final Numbers numbers;
  private final @Nullable SocketAddress source;
  private final String since;
  private final int resumes;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final ServerStream stream = new ServerStream(this);
  private ServerStream.Kind kind = ServerStream.Kind.OTHER;
  private int subscribed;
  private boolean served;
  private boolean ended;

  /** Why it is to end, once all has been taken that came: the newest position may be in it. */
  private @Nullable String endsBecause;

  private byte[] position = new byte[32];
  private int positionBytes;
  private long now;

  /** What was found in the message that has begun: as long as it is not whole it has not come. */
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
      Numbers numbers,
      @Nullable SocketAddress source,
      Selector selector)
      throws IOException {
    this(group, index, numbers, source, selector, "", 0);
  }

  private LoadClient(
      LoadGroup group,
      int index,
      Numbers numbers,
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
    // An end without a farewell, as a lost connection is one; and no port is kept by it.
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    if (source != null) {
      channel.bind(source);
    }
    boolean connected = channel.connect(group.target().address());
    this.key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    if (connected) {
      connected();
    }
  }

  private void connected() throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    send(ByteBuffer.wrap(group.target().request(since)));
  }

  /** What is sent is little, and a socket that takes not even that is a failure. */
  private void send(ByteBuffer bytes) throws IOException {
    channel.write(bytes);
    if (bytes.hasRemaining()) {
      throw new IOException("the server does not read what it is asked");
    }
  }

  /** Does what the socket is ready for, with a buffer that is anyone's. */
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
    int count = channel.read(buffer);
    if (count < 0) {
      end("the server ended the connection");
      return;
    }
    now = System.nanoTime();
    group.bytes(count);
    stream.take(buffer);
    if (endsBecause != null) {
      end(endsBecause);
    }
  }

  void pause(boolean paused) {
    if (key.isValid()) {
      key.interestOps(paused ? 0 : SelectionKey.OP_READ);
    }
  }

  /** Ends the connection, without a word to the server or to the group. */
  void abort() {
    ended = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket that cannot be closed", e);
    }
  }

  private void end(String reason) {
    if (!ended) {
      abort();
      group.ended(reason);
      if (group.target().views() == 0 && positionBytes > 0 && resumes < MOST_RESUMES) {
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
      group.ended(e.toString());
    }
  }

  int missing(int from, int to) {
    return numbers.missing(from, to);
  }

  @Override
  public void answered(String status) {
    if (!status.contains(" 101 ")) {
      endsBecause = "the server answered " + status;
      return;
    }
    byte[] subscribe = group.target().subscribe(index);
    if (subscribe.length > 0) {
      try {
        send(ByteBuffer.wrap(subscribe));
      } catch (IOException e) {
        endsBecause = e.toString();
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
    found = 0;
  }

  @Override
  public void subscribed() {
    subscribed++;
    if (subscribed == group.target().subscriptions() && !group.target().snapshot()) {
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
    if (group.target().snapshot()) {
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
    endsBecause = message;
  }

  @Override
  public void ping(ByteBuffer bytes, int at, int length) {
    try {
      send(ClientFrames.pong(bytes, at, length));
    } catch (IOException e) {
      endsBecause = e.toString();
    }
  }

  @Override
  public void closing(String reason) {
    endsBecause = reason;
  }
}
