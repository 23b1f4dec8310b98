package dev.orderwire.tail.doorbell;

import com.github.shyiko.mysql.binlog.network.Authenticator;
import com.github.shyiko.mysql.binlog.network.ClientCapabilities;
import com.github.shyiko.mysql.binlog.network.protocol.ErrorPacket;
import com.github.shyiko.mysql.binlog.network.protocol.GreetingPacket;
import com.github.shyiko.mysql.binlog.network.protocol.PacketChannel;
import com.github.shyiko.mysql.binlog.network.protocol.command.DumpBinaryLogCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.QueryCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.SSLRequestCommand;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.mysql.MysqlTls;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLSocket;

/**
 * A stream of the events that MySQL writes to its binlog. Only the type of an event is read; the
 * rest is skipped as it arrives, so that an event of any size takes no memory. For one thread; to
 * end the stream, close its socket.
 *
 * <p>Login and commands are the library's. Reading is not: the library's client holds whole events,
 * and an event can be as large as a gigabyte.
 */
public final class BinlogStream {
  /** MySQL sends a heartbeat if it sent nothing else for so long. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** A connection that was silent for so long is dead. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private static final String SESSION =
      "SET @master_heartbeat_period = %1$d, @source_heartbeat_period = %1$d,"
              .formatted(HEARTBEAT.toNanos())
          // Without this, MySQL sends nothing to a client that may not support checksums.
          + " @master_binlog_checksum = @@global.binlog_checksum,"
          + " @source_binlog_checksum = @@global.binlog_checksum";

  /** A packet of this length continues in the next one. */
  private static final int MAX_PACKET = 0xffffff;

  private static final int BUFFER = 1 << 16;

  private static final int ERROR = 0xff;
  private static final int END = 0xfe;

  /** The type of the event that ends a transaction. */
  private static final int COMMIT = 16;

  /** The types of events that change no data: stop, rotate, format, heartbeats, earlier GTIDs. */
  private static final Set<Integer> STREAM_EVENTS = Set.of(3, 4, 15, 27, 35, 41);

  private static final long LOWEST_SERVER_ID = 1L << 31;
  private static final long HIGHEST_SERVER_ID = (1L << 32) - 1;

  private final InputStream in;

  private BinlogStream(InputStream in) {
    this.in = in;
  }

  /** Returns a random server id, from the range that servers and replicas seldom use. */
  public static long newServerId() {
    return ThreadLocalRandom.current().nextLong(LOWEST_SERVER_ID, HIGHEST_SERVER_ID);
  }

  /**
   * Logs in and requests all events from a position on.
   *
   * @param socket not connected yet
   * @param serverId must be unique among the followers: MySQL ends the older of two with the same
   */
  public static BinlogStream open(
      Socket socket, MysqlOptions options, BinlogAccess.Granted from, long serverId)
      throws IOException {
    MysqlTls tls = new MysqlTls(options);
    int patience = (int) SILENCE.toMillis();
    socket.connect(new InetSocketAddress(options.host(), options.port()), patience);
    socket.setSoTimeout(patience);
    socket.setTcpNoDelay(true);
    PacketChannel channel = new PacketChannel(socket);
    GreetingPacket greeting = new GreetingPacket(readReply(channel));
    Socket used = socket;
    if (tls.use((greeting.getServerCapabilities() & ClientCapabilities.SSL) != 0)) {
      SSLRequestCommand request = new SSLRequestCommand();
      request.setCollation(greeting.getServerCollation());
      channel.write(request);
      SSLSocket secure = tls.wrap(socket);
      channel.upgradeToSSL(plain -> secure, null);
      used = secure;
    }
    new Authenticator(greeting, channel, null, options.user(), options.password()).authenticate();
    channel.authenticationComplete();
    channel.write(new QueryCommand(SESSION));
    readReply(channel);
    channel.write(new DumpBinaryLogCommand(serverId, from.file(), from.position()));
    return new BinlogStream(new BufferedInputStream(used.getInputStream(), BUFFER));
  }

  private static byte[] readReply(PacketChannel channel) throws IOException {
    byte[] packet = channel.read();
    if ((packet[0] & 0xff) == ERROR) {
      throw errorIn(Arrays.copyOfRange(packet, 1, packet.length));
    }
    return packet;
  }

  private static IOException errorIn(byte[] packet) throws IOException {
    ErrorPacket error = new ErrorPacket(packet);
    return new IOException("MySQL reports: " + error.getErrorMessage());
  }

  /**
   * Waits for the next event, and reads on up to the first commit as long as more is there.
   *
   * @return whether any event can be a change; false for heartbeats
   * @throws IOException if the connection has ended, or MySQL was silent for too long
   */
  public boolean next() throws IOException {
    boolean change = false;
    int type;
    do {
      type = nextType();
      change |= !STREAM_EVENTS.contains(type);
      // A statement's events arrive together. A busy MySQL may never pause, so a commit ends it
      // too.
    } while (type != COMMIT && in.available() > 0);
    return change;
  }

  private int nextType() throws IOException {
    int length = nextLength();
    switch (nextByte()) {
      case ERROR -> throw errorIn(in.readNBytes(length - 1));
      case END -> throw new EOFException("MySQL ended the stream of its binlog");
      default -> {}
    }
    in.skipNBytes(Integer.BYTES); // the time
    int type = nextByte();
    in.skipNBytes(length - 2 - Integer.BYTES);
    while (length == MAX_PACKET) {
      length = nextLength();
      in.skipNBytes(length);
    }
    return type;
  }

  private int nextLength() throws IOException {
    int length = nextByte() | nextByte() << 8 | nextByte() << 16;
    in.skipNBytes(1); // the packet's number
    return length;
  }

  private int nextByte() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the connection to the binlog ended");
    }
    return next;
  }
}
