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
 * A real MySQL 8.0.15 on 127.0.0.1 with the binlog enabled. It runs as a child process, on a data
 * folder that is kept between runs.
 *
 * <p>The folder belongs to one live instance at a time. If the JVM was killed, the next start on
 * the folder ends the mysqld that it left. An instance that is neither closed nor killed leaves its
 * mysqld running when the JVM ends, so close it in a shutdown hook. Thread-safe.
 */
public final class EmbeddedMysql implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String USER = "orderwire";
  private static final int ANY_FREE_PORT = 0;
  private static final int FREE_PORTS_TRIED = 5;
  private static final Duration INITIALISES_WITHIN = Duration.ofMinutes(3);
  private static final Duration ANSWERS_WITHIN = Duration.ofMinutes(2);
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(25);

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
   * Starts the server and returns when it accepts connections. Initialises a folder without data
   * first, which takes some seconds more.
   *
   * @param data the folder for data, log and password; created if it is missing
   * @param port the TCP port on 127.0.0.1; 0 for any free port
   * @param extraServerArguments further arguments of mysqld, which override the usual ones
   * @throws EmbeddedMysqlException if the server does not start; the message names the cause and
   *     the way out, and no process is left running
   */
  public static EmbeddedMysql start(Path data, int port, List<String> extraServerArguments) {
    Path binaries = MysqlBinaries.unpacked();
    try {
      DataFolder folder = DataFolder.open(data);
      EmbeddedMysql started = null;
      try {
        OrphanedMysqld.end(folder);
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
        if (server.awaitReady()) {
          return server;
        }
        // Another process may take a free port after it is chosen and before mysqld binds it.
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
        // TCP only: a Unix socket's path is limited to 107 bytes, and a data folder's is not.
        "--socket=",
        "--mysqlx=OFF",
        "--server-id=1",
        "--log-bin=binlog",
        "--binlog-format=ROW",
        "--binlog-expire-logs-seconds=86400",
        "--log-bin-trust-function-creators=1",
        "--performance-schema=ON",
        // Smaller than the defaults: 280 MB of resident memory instead of 390.
        "--innodb-buffer-pool-size=128M",
        "--innodb-log-file-size=16M",
        "--table-open-cache=400",
        "--table-definition-cache=400");
  }

  /**
   * The server runs these statements at every start before it listens, so that a new password file
   * works after the old one was lost.
   */
  private static String accounts(String password) {
    StringBuilder sql = new StringBuilder("SET SESSION sql_log_bin = 0;\n");
    for (String host : List.of(HOST, "localhost")) {
      String account = "'%s'@'%s'".formatted(USER, host);
      sql.append("CREATE USER IF NOT EXISTS %s;%n".formatted(account))
          .append("ALTER USER %s IDENTIFIED BY '%s';%n".formatted(account, password))
          .append("GRANT ALL ON *.* TO %s WITH GRANT OPTION;%n".formatted(account));
    }
    // --initialize-insecure gives root an empty password.
    return sql.append("ALTER USER 'root'@'localhost' ACCOUNT LOCK;\n").toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** Waits until the server accepts connections; false if its process ended instead. */
  private boolean awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + ANSWERS_WITHIN.toNanos();
    boolean ready = false;
    try {
      while (!mysqld.endsWithin(POLL_INTERVAL)) {
        SQLException failure = connectionFailure();
        if (failure == null) {
          ready = true;
          return true;
        }
        if (System.nanoTime() > end) {
          throw StartFailure.timeout(
              mysqld, "to accept connections (" + failure + ")", ANSWERS_WITHIN);
        }
      }
      return false;
    } finally {
      if (!ready) {
        mysqld.kill();
      }
    }
  }

  /** Tries to connect; null if that succeeds. */
  private @Nullable SQLException connectionFailure() {
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

  /** A user with all privileges, who can connect from this machine. */
  public String user() {
    return USER;
  }

  /** The user's password. It needs no escaping: letters, digits, {@code -} and {@code _}. */
  public String password() {
    return password;
  }

  public long pid() {
    return mysqld.pid();
  }

  /** Waits until the server has ended, and returns its exit code. The caller still closes it. */
  public int awaitEnd() throws InterruptedException {
    return mysqld.awaitEnd();
  }

  /**
   * The URL for MySQL Connector/J, without user and password. An empty name selects no database.
   */
  public String jdbcUrl(String database) {
    return "jdbc:mysql://%s:%d/%s?sslMode=DISABLED&allowPublicKeyRetrieval=true"
        .formatted(HOST, port, database);
  }

  /**
   * Ends the server by SIGKILL, like a crash, and unlocks the folder. The next start recovers all
   * committed data.
   */
  public void kill() {
    mysqld.kill();
    folder.close();
  }

  /** Ends the server cleanly, or by force if that takes too long. May be called again. */
  @Override
  public void close() {
    mysqld.stop(STOPS_WITHIN);
    folder.close();
  }
}
