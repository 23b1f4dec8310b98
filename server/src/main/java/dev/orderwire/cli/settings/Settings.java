package dev.orderwire.cli.settings;

import dev.orderwire.auth.policy.Policies;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.mysql.MysqlOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import tools.jackson.databind.JsonNode;

/**
 * All settings.
 *
 * @param tables the watched tables by name, in the user's order; the first one is the default
 */
public record Settings(
    Server server,
    ProxySettings proxies,
    LimitSettings limits,
    AuthSettings auth,
    Mysql mysql,
    Install install,
    @Setting(
            defaultValue = "orders",
            description =
                "The watched tables: a map of names to options, which may be empty"
                    + " (`tables: {orders: {}, line item: {}}`), or a list of names. The first"
                    + " one is the default table.")
        Map<String, TableOptions> tables,
    @Setting(
            defaultValue = "",
            description =
                "What each role may see of each table, once clients must say who they are: see"
                    + " [policies](../security.md#policies). What no policy allows, nobody sees.")
        JsonNode policies,
    @Setting(
            defaultValue = "",
            description =
                "Sets of values that policies look up in tables for each client: see"
                    + " [lookups](../security.md#lookups).")
        JsonNode lookups,
    @Setting(
            defaultValue = "",
            description =
                "Rows that clients must see, and rows that they must not see. `serve` checks them"
                    + " at its start, and so does `doctor`: see [tests of"
                    + " policies](../security.md#tests-of-policies).")
        JsonNode policyTests,
    Tail tail,
    Bus bus,
    ClusterSettings cluster,
    KafkaSettings kafka,
    Memory memory,
    Feed feed,
    Snapshots snapshots,
    Retention retention,
    Canary canary) {

  /** Where clients connect. */
  public record Server(
      @Setting(
              defaultValue = "127.0.0.1",
              description =
                  "The address to listen on. Other machines can connect only to a"
                      + " non-loopback address, which also requires `auth.jwt`, `auth.keys` or"
                      + " `auth.mode`.")
          String host,
      @Setting(
              defaultValue = "8000",
              max = 65535,
              description = "The port to listen on; 0 means any free port.")
          int port,
      @Setting(
              defaultValue = "",
              description =
                  "Origins (`https://shop.example`) whose pages may connect from a browser,"
                      + " in addition to the server's own. `*` allows all origins.")
          List<String> origins,
      @Setting(
              defaultValue = "25",
              min = 1,
              max = 3600,
              description =
                  "The interval in seconds at which the server pings each connection and"
                      + " sends its position. Unresponsive clients are disconnected.")
          int heartbeatSeconds,
      DrainSettings drain,
      Tls tls) {
    public Server {
      origins = List.copyOf(origins);
    }

    /** The same without TLS, and for clients that have no other server to go to. */
    public Server forDemo() {
      return new Server(host, port, origins, heartbeatSeconds, DrainSettings.AT_ONCE, Tls.OFF);
    }
  }

  /** The encryption of the clients' connections. */
  public record Tls(
      @Setting(
              defaultValue = "",
              description =
                  "The PEM file with the server's certificate, followed by those of intermediate"
                      + " authorities. With it, the server speaks TLS only. It is read again when it"
                      + " changes; see [TLS](../network.md#tls).")
          String certificate,
      @Setting(
              defaultValue = "",
              description =
                  "The PEM file with the key of the certificate: PKCS#8 (`BEGIN PRIVATE KEY`), not"
                      + " encrypted.")
          String key,
      @Setting(
              defaultValue = "",
              description =
                  "A PEM file with authorities: clients must present a certificate that one of"
                      + " them has issued (mutual TLS). Empty: clients need none.")
          String clientCa,
      @Setting(
              defaultValue = "31536000",
              description =
                  "How many seconds browsers shall use nothing but TLS for the server's host name,"
                      + " on all its ports (HSTS); 0 means no such instruction.")
          int hstsSeconds) {
    /** No TLS. */
    public static final Tls OFF = new Tls("", "", "", 0);

    public boolean isOn() {
      return !certificate.isEmpty();
    }
  }

  /** The MySQL whose tables are watched. */
  public record Mysql(
      @Setting(defaultValue = "127.0.0.1", description = "The host of the MySQL server.")
          String host,
      @Setting(
              defaultValue = "3306",
              min = 1,
              max = 65535,
              description = "The port of the MySQL server.")
          int port,
      @Setting(defaultValue = "", description = "The user to connect as; required.") String user,
      @Setting(defaultValue = "", description = "The password of the user.") String password,
      @Setting(defaultValue = "", description = "The database of the watched tables; required.")
          String database,
      @Setting(
              defaultValue = "8",
              min = 1,
              max = 1000,
              description =
                  "The maximum number of connections for reading snapshots and missed"
                      + " changes.")
          int poolSize,
      @Setting(
              defaultValue = "",
              description =
                  "Further properties of MySQL Connector/J by name, such as `connectTimeout`.")
          Map<String, String> properties,
      @Setting(
              defaultValue = "preferred",
              description =
                  "The encryption of all connections to MySQL: `disabled`; `preferred`, if MySQL"
                      + " offers it; `required`; `verify-ca`, and a trusted authority has issued"
                      + " MySQL's certificate; `verify-full`, and the certificate names"
                      + " `mysql.host`.")
          String tls,
      @Setting(
              defaultValue = "",
              description =
                  "The PEM file with the authorities to trust for `verify-ca` and `verify-full`;"
                      + " empty means Java's own list.")
          String tlsCa,
      @Setting(
              defaultValue = "",
              description =
                  "The addresses of replicas, as in `mysql.url`, from which snapshots and missed"
                      + " changes are read. What an address leaves out is as for the source. See"
                      + " [read replicas](../scaling.md#read-replicas).")
          List<String> replicas) {
    public Mysql {
      properties = Map.copyOf(properties);
      replicas = List.copyOf(replicas);
    }

    /** Whether a MySQL is configured. */
    public boolean isSet() {
      return !user.isEmpty() || !database.isEmpty();
    }

    /**
     * The options of a connection.
     *
     * @throws OrderwireException {@code mysql_not_set} if the user or the database is missing
     */
    public MysqlOptions options() {
      List<String> missing = new ArrayList<>();
      if (user.isEmpty()) {
        missing.add("MYSQL_USER");
      }
      if (database.isEmpty()) {
        missing.add("MYSQL_DATABASE");
      }
      if (!missing.isEmpty()) {
        throw new OrderwireException(
            ErrorCode.MYSQL_NOT_SET,
            "no MySQL is configured: set %s in .env (cp .env.example .env), or set mysql.url"
                .formatted(String.join(", ", missing)));
      }
      String address = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
      return new MysqlOptions(
          address, port, user, password, database, poolSize, MysqlTlsSettings.properties(this));
    }

    /** The same, for a server that reads the source alone. */
    public Mysql withoutReplicas() {
      return new Mysql(
          host, port, user, password, database, poolSize, properties, tls, tlsCa, List.of());
    }

    /** The options of the replicas' connections; what they leave out is as for the source. */
    public List<MysqlOptions> replicas(MysqlOptions source) {
      return replicas.stream().map(url -> MysqlUrl.options(url, source)).toList();
    }

    /** Without the password. */
    @Override
    public String toString() {
      return user + "@" + host + ":" + port + "/" + database;
    }
  }

  /** How the change log and the triggers are installed. */
  public record Install(
      @Setting(
              defaultValue = "true",
              description =
                  "Whether `serve` and `relay` create a missing change log and missing triggers."
                      + " If false, they report what is missing and exit.")
          boolean auto,
      @Setting(
              defaultValue = "false",
              description =
                  "Whether to accept a table whose rows foreign keys can change (ON DELETE"
                      + " CASCADE and the like). Triggers do not see such changes, so clients miss"
                      + " them.")
          boolean despiteCascades) {}

  /** How one table is watched. */
  public record TableOptions(
      @Setting(
              defaultValue = "false",
              description = "Whether clients see the author of a change (`actor`).")
          boolean actor) {}

  /** How the change log is read. */
  public record Tail(
      @Setting(
              defaultValue = "true",
              description =
                  "Whether MySQL's binlog tells the server when to read, if its user may"
                      + " follow it. If false, the server polls.")
          boolean doorbell) {}

  /** What carries changes from the leading process to the others. */
  public record Bus(
      @Setting(
              defaultValue = "",
              description =
                  "The engine that carries changes from the leading process to all others, as"
                      + " `redis://host:6379` or `kafka://host:9092`; `bus: redis://…` is the"
                      + " same. Empty: each process"
                      + " reads the change log by itself. See [several"
                      + " processes](../scaling.md).")
          String url,
      @Setting(
              defaultValue = "",
              description =
                  "Properties of the bus, and of its client library, by name: see"
                      + " [buses](bus.md).")
          Map<String, String> properties) {
    /** No bus. */
    public static final Bus NONE = new Bus("", Map.of());

    public Bus {
      properties = Map.copyOf(properties);
    }

    public boolean isOn() {
      return !url.isEmpty();
    }
  }

  /** The server's memory outside of Java's heap. The JVM's options limit the heap. */
  public record Memory(
      @Setting(
              defaultValue = "0",
              description =
                  "The maximum direct memory (outside Java's heap) in megabytes for data"
                      + " being sent and received; 0 means an eighth of the machine's memory, at"
                      + " least 64. For the heap see [deployment](../deployment.md#memory).")
          int directMegabytes) {}

  /** The newest changes, kept in memory. */
  public record Feed(
      @Setting(
              defaultValue = "100000",
              min = 1,
              description =
                  "The maximum number of changes in memory. Clients further behind are served"
                      + " from the change log.")
          int maxChanges,
      @Setting(
              defaultValue = "0",
              max = Long.MAX_VALUE,
              description =
                  "The maximum size of the rows in memory in bytes; 0 means a sixteenth of"
                      + " the heap, at most 33554432.")
          long maxBytes) {}

  /** How snapshots wait for their clients. */
  public record Snapshots(
      @Setting(
              defaultValue = "",
              description =
                  "The folder that holds snapshot rows until clients take them, if they do not"
                      + " fit into memory; empty means the system's temporary folder. No files"
                      + " remain there.")
          String folder,
      @Setting(
              defaultValue = "10240",
              min = 1,
              description =
                  "The maximum size of the rows in that folder in megabytes. Requests beyond it"
                      + " are refused.")
          int spoolMegabytes) {}

  /** How long the change log keeps changes. */
  public record Retention(
      @Setting(
              defaultValue = "168",
              description =
                  "How many hours changes are kept at least; 0 means forever. A client that"
                      + " returns later gets a snapshot.")
          int hours,
      @Setting(
              defaultValue = "0",
              description =
                  "The approximate maximum size of the change log's rows in megabytes,"
                      + " whatever their age; 0 means unlimited.")
          int megabytes) {
    /** Keeps all changes. */
    public static final Retention OFF = new Retention(0, 0);
  }

  /** The row that the server changes to check the whole path of a change. */
  public record Canary(
      @Setting(
              defaultValue = "5",
              max = 3600,
              description =
                  "The interval in seconds at which the server changes a row of its own and"
                      + " follows that change, to check that changes arrive; 0 means never.")
          int seconds) {}

  public Settings {
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
  }

  /**
   * The names of all tables to watch, the default one first: {@link #tables}, those of the lookups,
   * and that of revoked tokens if clients are authenticated.
   */
  public List<String> watchedTables() {
    SequencedSet<String> names = new LinkedHashSet<>(tables.keySet());
    names.addAll(Policies.lookupTables(lookups));
    if (auth.options().isPresent()) {
      names.add(RevokedTable.NAME);
    }
    return List.copyOf(names);
  }
}
