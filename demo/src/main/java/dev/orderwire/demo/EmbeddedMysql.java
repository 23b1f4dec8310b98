package dev.orderwire.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A real MySQL 8.0.15 on 127.0.0.1, with the binlog on, run as a child process on a data folder
 * that is kept between runs.
 *
 * <p>The folder belongs to one live instance at a time. A mysqld whose owner was killed is ended by
 * the next start on its folder; an instance that is neither closed nor killed leaves its mysqld
 * running when the JVM ends, so close it in a shutdown hook. Safe for any number of threads.
 */
public final class EmbeddedMysql implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String USER = "orderwire";
  private static final int ANY_FREE_PORT = 0;
  private static final int FREE_PORTS_TRIED = 5;
  private static final Duration INITIALISES_WITHIN = Duration.ofMinutes(3);
  private static final Duration ANSWERS_WITHIN = Duration.ofMinutes(2);
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);
  private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(25);

  private final DataFolder folder;
  private final Mysqld mysqld;
  private final int port;
  private final String password;

  private EmbeddedMysql(DataFolder folder, Mysqld mysqld, int port, String password) {
    this.folder = folder;
    this.mysqld = mysqld;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts the server and returns when it answers. A folder without data is initialised first,
   * which takes some seconds more.
   *
   * @param data the folder for the data and all that belongs to them; created where missing
   * @param port the TCP port on 127.0.0.1; 0 for any that is free
   * @param extraServerArguments further arguments of mysqld; they win over those given here
   * @throws EmbeddedMysqlException where it does not start, with the cause and the way out; nothing
   *     is left running
   */
  public static EmbeddedMysql start(Path data, int port, List<String> extraServerArguments) {
    Path binaries = MysqlBinaries.unpacked();
    try {
      DataFolder folder = DataFolder.open(data);
      EmbeddedMysql started = null;
      try {
        Leftover.end(folder);
        if (!folder.isInitialised()) {
          initialise(binaries, folder);
        }
        started = start(binaries, folder, port, extraServerArguments);
        return started;
      } finally {
        if (started == null) {
          folder.close();
        }
      }
    } catch (IOException e) {
      throw new EmbeddedMysqlException(
          "The data folder %s cannot be used (%s): make it writable, or use another one."
              .formatted(data, e),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedMysqlException("Interrupted while MySQL was starting.", e);
    }
  }

  private static void initialise(Path binaries, DataFolder folder)
      throws IOException, InterruptedException {
    Folders.delete(folder.partialData());
    Mysqld mysqld =
        Mysqld.launch(
            binaries,
            folder,
            List.of(
                "--initialize-insecure",
                "--datadir=" + folder.partialData(),
                "--innodb-log-file-size=16M"));
    try {
      if (!mysqld.endsWithin(INITIALISES_WITHIN)) {
        throw StartFailure.timeout(mysqld, "to initialise its data", INITIALISES_WITHIN);
      }
    } finally {
      mysqld.kill();
    }
    if (mysqld.exitCode() != 0) {
      throw StartFailure.ended(mysqld);
    }
    folder.completeInitialisation();
  }

  private static EmbeddedMysql start(
      Path binaries, DataFolder folder, int port, List<String> extraServerArguments)
      throws IOException, InterruptedException {
    String password = folder.password();
    Path initFile = folder.writeInitFile(accounts(password));
    try {
      for (int attempt = 1; ; attempt++) {
        int chosen = port == ANY_FREE_PORT ? freePort() : port;
        List<String> arguments = new ArrayList<>(serverArguments(folder, chosen, initFile));
        arguments.addAll(extraServerArguments);
        Mysqld mysqld = Mysqld.launch(binaries, folder, arguments);
        EmbeddedMysql server = new EmbeddedMysql(folder, mysqld, chosen, password);
        if (server.comesUp()) {
          return server;
        }
        // Between choosing a free port and binding it, another process may take it.
        boolean lostRace = port == ANY_FREE_PORT && StartFailure.portWasTaken(mysqld);
        if (!lostRace || attempt == FREE_PORTS_TRIED) {
          throw StartFailure.ended(mysqld);
        }
      }
    } finally {
      Files.deleteIfExists(initFile);
    }
  }

  private static List<String> serverArguments(DataFolder folder, int port, Path initFile)
      throws IOException {
    return List.of(
        "--datadir=" + folder.data(),
        "--tmpdir=" + folder.freshTemporaryFolder(),
        "--pid-file=" + folder.pidFile(),
        "--init-file=" + initFile,
        "--bind-address=" + HOST,
        "--port=" + port,
        // TCP alone: a unix socket's path may not be longer than 107 bytes, a data folder's may.
        "--socket=",
        "--mysqlx=OFF",
        "--server-id=1",
        "--log-bin=binlog",
        "--binlog-format=ROW",
        "--binlog-expire-logs-seconds=86400",
        "--log-bin-trust-function-creators=1",
        "--performance-schema=ON",
        // Modest: 280 MB resident where the defaults take 390.
        "--innodb-buffer-pool-size=128M",
        "--innodb-log-file-size=16M",
        "--table-open-cache=400",
        "--table-definition-cache=400");
  }

  /** Run by the server before it listens, at every start: so a password file that is lost heals. */
  private static String accounts(String password) {
    StringBuilder sql = new StringBuilder("SET SESSION sql_log_bin = 0;\n");
    for (String host : List.of(HOST, "localhost")) {
      String account = "'%s'@'%s'".formatted(USER, host);
      sql.append("CREATE USER IF NOT EXISTS %s;%n".formatted(account))
          .append("ALTER USER %s IDENTIFIED BY '%s';%n".formatted(account, password))
          .append("GRANT ALL ON *.* TO %s WITH GRANT OPTION;%n".formatted(account));
    }
    // --initialize-insecure leaves it with an empty password.
    return sql.append("ALTER USER 'root'@'localhost' ACCOUNT LOCK;\n").toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** Waits until it answers; false where the process ended instead. */
  private boolean comesUp() throws IOException, InterruptedException {
    long end = System.nanoTime() + ANSWERS_WITHIN.toNanos();
    boolean up = false;
    try {
      while (!mysqld.endsWithin(ASK_AGAIN_AFTER)) {
        SQLException refusal = refusal();
        if (refusal == null) {
          up = true;
          return true;
        }
        if (System.nanoTime() > end) {
          throw StartFailure.timeout(mysqld, "to answer (" + refusal + ")", ANSWERS_WITHIN);
        }
      }
      return false;
    } finally {
      if (!up) {
        mysqld.kill();
      }
    }
  }

  /** Why it does not answer; null when it does. */
  private @Nullable SQLException refusal() {
    Properties properties = new Properties();
    properties.put("user", USER);
    properties.put("password", password);
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "5000");
    try {
      DriverManager.getConnection(jdbcUrl(""), properties).close();
      return null;
    } catch (SQLException e) {
      return e;
    }
  }

  public int port() {
    return port;
  }

  /** A user who may do everything, from this machine. */
  public String user() {
    return USER;
  }

  /** The user's password: letters, digits, {@code -} and {@code _}, so it needs no escaping. */
  public String password() {
    return password;
  }

  public long pid() {
    return mysqld.pid();
  }

  /** For MySQL Connector/J, without user and password; an empty name selects no database. */
  public String jdbcUrl(String database) {
    return "jdbc:mysql://%s:%d/%s?sslMode=DISABLED&allowPublicKeyRetrieval=true"
        .formatted(HOST, port, database);
  }

  /**
   * Ends the server by SIGKILL, as a crash would. The folder is free then, and a start on it
   * recovers what was committed.
   */
  public void kill() {
    mysqld.kill();
    folder.close();
  }

  /** Ends the server cleanly, by force where it takes too long. Does nothing when it has ended. */
  @Override
  public void close() {
    mysqld.stop(STOPS_WITHIN);
    folder.close();
  }
}
