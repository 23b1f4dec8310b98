package dev.orderwire.cli.settings;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.MysqlOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a user can set, and nothing that nothing uses.
 *
 * @param tables the watched tables by name, in the order in which they were written; the first one
 *     is the default
 */
public record Settings(
    Server server,
    Auth auth,
    Mysql mysql,
    Install install,
    @Setting(
            fallback = "orders",
            says =
                "The watched tables: a map of names to options, which may be empty (`tables:"
                    + " {orders: {}, line item: {}}`), or a list of names. The first is the default"
                    + " table.")
        Map<String, TableOptions> tables,
    Tail tail,
    Memory memory,
    Feed feed,
    Snapshots snapshots,
    Retention retention,
    Canary canary) {

  /** Where clients connect. */
  public record Server(
      @Setting(
              fallback = "127.0.0.1",
              says =
                  "The address to listen on. Other machines reach only one that is not loopback;"
                      + " as long as there is no authentication, that needs `auth.mode` set too.")
          String host,
      @Setting(fallback = "8000", max = 65535, says = "The port; 0 for any that is free.") int port,
      @Setting(
              fallback = "",
              says =
                  "Origins (`https://shop.example`) whose pages may connect from a browser, besides"
                      + " the server's own. `*` lets all.")
          List<String> origins,
      @Setting(
              fallback = "25",
              min = 1,
              max = 3600,
              says =
                  "How often, in seconds, each connection is pinged and told its position; one that"
                      + " does not answer is closed.")
          int heartbeatSeconds) {
    public Server {
      origins = List.copyOf(origins);
    }
  }

  /** Who may connect. */
  public record Auth(
      @Setting(
              fallback = "none",
              says =
                  "`none`, the only mode: whoever reaches the port may read every watched table. To"
                      + " listen beyond loopback it must be written out.")
          String mode) {}

  /** The MySQL whose tables are watched. */
  public record Mysql(
      @Setting(fallback = "127.0.0.1", says = "Its host.") String host,
      @Setting(fallback = "3306", min = 1, max = 65535, says = "Its port.") int port,
      @Setting(fallback = "", says = "Who connects; must be set.") String user,
      @Setting(fallback = "", says = "That user's password.") String password,
      @Setting(fallback = "", says = "The database of the watched tables; must be set.")
          String database,
      @Setting(
              fallback = "8",
              min = 1,
              max = 1000,
              says = "How many connections, at the most, read snapshots and missed changes.")
          int poolSize,
      @Setting(
              fallback = "",
              says = "Further properties of MySQL Connector/J, name by name, such as `sslMode`.")
          Map<String, String> properties) {
    public Mysql {
      properties = Map.copyOf(properties);
    }

    /** Whether the user named a MySQL at all. */
    public boolean isSet() {
      return !user.isEmpty() || !database.isEmpty();
    }

    /**
     * The same for those who connect.
     *
     * @throws OrderwireException where the user or the database is not set
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
            "which MySQL? Not set: %s. Write them into .env (cp .env.example .env), or set mysql.url."
                .formatted(String.join(", ", missing)));
      }
      String address = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
      return new MysqlOptions(address, port, user, password, database, poolSize, properties);
    }

    /** Without the password. */
    @Override
    public String toString() {
      return user + "@" + host + ":" + port + "/" + database;
    }
  }

  /** What is made in the database. */
  public record Install(
      @Setting(
              fallback = "true",
              says =
                  "Whether `serve` creates a missing change log and missing triggers; if not, it"
                      + " says what is missing and ends.")
          boolean auto,
      @Setting(
              fallback = "false",
              says =
                  "Whether to go on with a table whose rows foreign keys can change (ON DELETE"
                      + " CASCADE and the like). No trigger sees such changes: they will be missing.")
          boolean despiteCascades) {}

  /** How one table is watched. */
  public record TableOptions(
      @Setting(fallback = "false", says = "Whether clients see who made a change (`actor`).")
          boolean actor) {}

  /** How the change log is read. */
  public record Tail(
      @Setting(
              fallback = "true",
              says =
                  "Whether MySQL's binlog tells the server when to read, where its user may follow"
                      + " it; if not, the server asks again and again.")
          boolean doorbell) {}

  /**
   * What the server takes of the machine's memory, besides the heap, which is the JVM's to bound.
   */
  public record Memory(
      @Setting(
              fallback = "0",
              says =
                  "How many megabytes outside of Java's heap hold what is sent and received, at the"
                      + " most; 0 for an eighth of the machine's memory, and no less than 64. Of the"
                      + " heap, see [deployment](../deployment.md#memory).")
          int directMegabytes) {}

  /** The newest changes, kept in memory. */
  public record Feed(
      @Setting(
              fallback = "100000",
              min = 1,
              says =
                  "How many changes at the most. A client further behind is served from the change"
                      + " log.")
          int maxChanges,
      @Setting(
              fallback = "0",
              max = Long.MAX_VALUE,
              says =
                  "How many bytes of rows at the most; 0 for a sixteenth of the heap, and no more than"
                      + " 33554432.")
          long maxBytes) {}

  /** The rows of tables on their way to clients. */
  public record Snapshots(
      @Setting(
              fallback = "",
              says =
                  "Where the rows go that clients have yet to take and that are too many for memory;"
                      + " empty for the system's folder of temporary files. Nothing stays there.")
          String folder,
      @Setting(
              fallback = "10240",
              min = 1,
              says =
                  "How many megabytes they take there at the most. Whoever asks for more is refused.")
          int spoolMegabytes) {}

  /** How long the change log keeps what happened. */
  public record Retention(
      @Setting(
              fallback = "168",
              says =
                  "For how many hours at the least; 0 for ever. A client that comes back later is"
                      + " given a snapshot.")
          int hours,
      @Setting(
              fallback = "0",
              says =
                  "How many megabytes the rows of the change log may take, about, whatever their"
                      + " age; 0 for any size.")
          int megabytes) {
    /** All is kept for ever. */
    public static final Retention OFF = new Retention(0, 0);
  }

  /** The row that the server sends through the pipeline to see that it works. */
  public record Canary(
      @Setting(
              fallback = "5",
              max = 3600,
              says =
                  "How often, in seconds, the server changes a row of its own and follows the change"
                      + " to see that changes arrive; 0 for never.")
          int seconds) {}

  public Settings {
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
  }
}
