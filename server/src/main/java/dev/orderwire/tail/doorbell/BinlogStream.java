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
 * What MySQL writes to its binlog, as it is written. Of each event only the type is looked at; the
 * rest is skipped as it comes, so that an event of any size takes no memory. For one thread; to end
 * it, close its socket.
 *
 * <p>Login and commands are the library's, the reading is not: its client holds whole events, and
 * one may have a gigabyte.
 */
public final class BinlogStream {
  /** MySQL says that it lives where it had nothing to say for so long. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** Who is silent for so long is dead. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private static final String SESSION =
      "SET @master_heartbeat_period = %1$d, @source_heartbeat_period = %1$d,"
              .formatted(HEARTBEAT.toNanos())
          // Without this MySQL sends nothing to one who may not know of checksums.
          + " @master_binlog_checksum = @@global.binlog_checksum,"
          + " @source_binlog_checksum = @@global.binlog_checksum";

  /** A packet of this length goes on in the next one. */
  private static final int LONGEST_PACKET = 0xffffff;

  private static final int BUFFER = 1 << 16;

  private static final int ERROR = 0xff;
  private static final int END = 0xfe;

  /** The type of the event that ends a transaction. */
  private static final int COMMIT = 16;

  /** Types of events that change nothing: stop, rotate, format, heartbeats, earlier GTIDs. */
  private static final Set<Integer> ABOUT_THE_STREAM = Set.of(3, 4, 15, 27, 35, 41);

  private static final long LOWEST_SERVER_ID = 1L << 31;
  private static final long HIGHEST_SERVER_ID = (1L << 32) - 1;

  private final InputStream in;

  private BinlogStream(InputStream in) {
    this.in = in;
  }

  /** One that nobody else will have, up where those of servers and replicas seldom are. */
  public static long newServerId() {
    return ThreadLocalRandom.current().nextLong(LOWEST_SERVER_ID, HIGHEST_SERVER_ID);
  }

  /**
   * Logs in and asks for all that comes from there on.
   *
   * @param socket not connected yet
   * @param serverId no other one who follows may have it: MySQL ends the older one
   */
  public static BinlogStream open(
      Socket socket, MysqlOptions options, BinlogAccess.Granted from, long serverId)
      throws IOException {
    BinlogTls tls = new BinlogTls(options);
    int patience = (int) SILENCE.toMillis();
    socket.connect(new InetSocketAddress(options.host(), options.port()), patience);
    socket.setSoTimeout(patience);
    socket.setTcpNoDelay(true);
    PacketChannel channel = new PacketChannel(socket);
    GreetingPacket greeting = new GreetingPacket(answer(channel));
    Socket used = socket;
    if (tls.isWanted((greeting.getServerCapabilities() & ClientCapabilities.SSL) != 0)) {
      SSLRequestCommand request = new SSLRequestCommand();
      request.setCollation(greeting.getServerCollation());
      channel.write(request);
      SSLSocket secure = tls.over(socket);
      channel.upgradeToSSL(plain -> secure, null);
      used = secure;
    }
    new Authenticator(greeting, channel, null, options.user(), options.password()).authenticate();
    channel.authenticationComplete();
    channel.write(new QueryCommand(SESSION));
    answer(channel);
    channel.write(new DumpBinaryLogCommand(serverId, from.file(), from.position()));
    return new BinlogStream(new BufferedInputStream(used.getInputStream(), BUFFER));
  }

  private static byte[] answer(PacketChannel channel) throws IOException {
    byte[] packet = channel.read();
    if ((packet[0] & 0xff) == ERROR) {
      throw refusal(Arrays.copyOfRange(packet, 1, packet.length));
    }
    return packet;
  }

  private static IOException refusal(byte[] packet) throws IOException {
    ErrorPacket error = new ErrorPacket(packet);
    return new IOException("MySQL says: " + error.getErrorMessage());
  }

  /**
   * Waits for what comes next, and takes what is there with it, up to the first commit.
   *
   * @return whether it tells of a change, or only that MySQL lives
   * @throws IOException where the connection has ended, or MySQL was silent for too long
   */
  public boolean next() throws IOException {
    boolean change = false;
    int type;
    do {
      type = nextType();
      change |= !ABOUT_THE_STREAM.contains(type);
      // What a statement wrote comes in one go; but a busy MySQL may never let a moment go by.
    } while (type != COMMIT && in.available() > 0);
    return change;
  }

  private int nextType() throws IOException {
    int length = nextLength();
    switch (nextByte()) {
      case ERROR -> throw refusal(in.readNBytes(length - 1));
      case END -> throw new EOFException("MySQL has ended the stream of its binlog");
      default -> {}
    }
    in.skipNBytes(Integer.BYTES); // the time
    int type = nextByte();
    in.skipNBytes(length - 2 - Integer.BYTES);
    while (length == LONGEST_PACKET) {
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
      throw new EOFException("the connection to the binlog has ended");
    }
    return next;
  }
}
