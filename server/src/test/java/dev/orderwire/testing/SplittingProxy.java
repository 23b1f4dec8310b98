package dev.orderwire.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A proxy before MySQL that spreads the statements of a connection over sessions, as proxies do
 * that split reads from writes. The user must have an empty password, and TLS must be off: then the
 * answer to one greeting is right for each.
 */
public final class SplittingProxy implements AutoCloseable {
  private static final int COM_QUERY = 3;

  /** What goes to another session. */
  public enum Splits {
    /** Nothing: one session for each connection. */
    NOTHING,
    /** Queries outside of transactions, all to the same second session. */
    READS,
    /** Queries outside of transactions, to one of two further sessions in turn. */
    READS_IN_TURN
  }

  private final ProxySockets sockets = new ProxySockets();
  private final List<Integer> targets;
  private final Splits splits;

  /**
   * @param source the port of MySQL for writes
   * @param readers the ports for reads
   */
  public SplittingProxy(Splits splits, int source, int... readers) {
    this.splits = splits;
    targets = new ArrayList<>(List.of(source));
    for (int reader : readers) {
      targets.add(reader);
    }
    sockets.start(this::serve);
  }

  public int port() {
    return sockets.port();
  }

  private void serve(Socket client) throws IOException {
    List<Socket> sessions = new ArrayList<>();
    DataInputStream in = new DataInputStream(client.getInputStream());
    byte[] answer = new byte[0];
    for (int port : targets) {
      Socket session = sockets.connect(port);
      sessions.add(session);
      DataInputStream from = new DataInputStream(session.getInputStream());
      byte[] greeting = packet(from);
      boolean first = sessions.size() == 1;
      if (first) {
        client.getOutputStream().write(greeting);
        answer = packet(in);
      }
      session.getOutputStream().write(answer);
      byte[] accepted = packet(from);
      if (first) {
        client.getOutputStream().write(accepted);
      }
    }
    for (Socket session : sessions) {
      ProxySockets.pass(session, client, () -> true);
    }
    dispatch(in, sessions);
  }

  /** Ends with an exception when the client leaves. */
  private void dispatch(DataInputStream in, List<Socket> sessions) throws IOException {
    boolean transaction = false;
    int turn = 0;
    while (true) {
      byte[] packet = packet(in);
      String sql =
          packet[4] == COM_QUERY
              ? new String(packet, 5, packet.length - 5, StandardCharsets.UTF_8)
                  .strip()
                  .toUpperCase(Locale.ROOT)
              : "";
      if (sql.startsWith("SET AUTOCOMMIT")) {
        transaction = sql.endsWith("0");
      }
      boolean elsewhere = splits != Splits.NOTHING && !transaction && sql.startsWith("SELECT");
      if (elsewhere && splits == Splits.READS_IN_TURN) {
        turn++;
      }
      int target = elsewhere ? 1 + turn % (sessions.size() - 1) : 0;
      sessions.get(target).getOutputStream().write(packet);
    }
  }

  private static byte[] packet(DataInputStream in) throws IOException {
    byte[] head = new byte[4];
    in.readFully(head);
    int length = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
    byte[] packet = new byte[4 + length];
    System.arraycopy(head, 0, packet, 0, 4);
    in.readFully(packet, 4, length);
    return packet;
  }

  @Override
  public void close() {
    sockets.close();
  }
}
