package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds proxies that send the statements of one connection to several servers or sessions, such as
 * queries to replicas and writes to the source. Behind such a proxy, what one statement locks or
 * proves does not hold for the next, so changes would be lost in silence.
 */
public final class SessionCheck {
  /** A proxy that spreads queries may send some of them to the source. */
  private static final int PROBES = 5;

  private SessionCheck() {}

  /**
   * Requires that all statements of a connection run in one session. It takes a dozen short queries
   * and no privilege.
   *
   * @throws OrderwireException {@code split_session}
   */
  public static void require(Connection connection, MysqlOptions options) throws SQLException {
    // First without a lock: many proxies pass on everything to one session once it holds a lock.
    Set<String> servers = new HashSet<>();
    for (int i = 0; i < PROBES; i++) {
      servers.add(one(connection, "SELECT @@server_uuid"));
    }
    servers.add(
        Transaction.run(connection, () -> one(connection, "SELECT @@server_uuid FOR UPDATE")));
    if (servers.size() > 1) {
      throw split(options, "several MySQL servers answer on one connection");
    }
    if (!keepsLock(connection)) {
      throw split(options, "several sessions answer on one connection");
    }
  }

  /** Whether the session that takes a lock is the one of all statements that follow. */
  private static boolean keepsLock(Connection connection) throws SQLException {
    String lock = "'orderwire session %x'".formatted(ThreadLocalRandom.current().nextLong());
    String isMine = "SELECT IS_USED_LOCK(%s) <=> CONNECTION_ID()".formatted(lock);
    boolean kept = one(connection, "SELECT GET_LOCK(%s, 0)".formatted(lock)).equals("1");
    for (int i = 0; i < PROBES; i++) {
      kept &= one(connection, isMine).equals("1");
    }
    kept &= Transaction.run(connection, () -> one(connection, isMine + " FOR UPDATE").equals("1"));
    one(connection, "SELECT COALESCE(RELEASE_LOCK(%s), 0)".formatted(lock));
    return kept;
  }

  private static String one(Connection connection, String query) throws SQLException {
    return Query.list(connection, query, row -> row.getString(1)).getFirst();
  }

  private static OrderwireException split(MysqlOptions options, String found) {
    return new OrderwireException(
        ErrorCode.SPLIT_SESSION,
        "%s at %s: a proxy in between spreads statements, and then changes would be lost. Connect to MySQL directly, or to an address of the proxy that keeps each connection in one session on the source: with MySQL Router a port without access_mode = auto, with ProxySQL a user without rules that send queries elsewhere"
            .formatted(found, options));
  }
}
