package dev.orderwire.tail;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.tail.gaps.GapProof;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Function;

/** A table {@code orders} with its triggers, and a tail that follows its changes. */
public final class FollowedOrders implements AutoCloseable {
  public final TestDatabase database;
  public final Mysql mysql;
  public final WatchedTables catalog;
  public final List<TableVersion> versions;
  public final Recorder recorder = new Recorder();
  public final Tail tail;

  /** Creates a tail that polls. */
  public FollowedOrders(TestDatabase database) {
    this(database, GapProof::of, _ -> Doorbell.NONE, new ReadPacer());
  }

  /** Creates a tail that polls, with a proof of the test's choice. */
  public static FollowedOrders withProof(
      TestDatabase database, Function<Connection, GapProof> proof) {
    return new FollowedOrders(database, proof::apply, _ -> Doorbell.NONE, new ReadPacer());
  }

  public static FollowedOrders withDoorbell(
      TestDatabase database, Function<Mysql, Doorbell> doorbell) {
    return new FollowedOrders(database, GapProof::of, doorbell, new ReadPacer());
  }

  public static FollowedOrders withDoorbell(
      TestDatabase database, Function<Mysql, Doorbell> doorbell, RingOnlyPacer pacer) {
    return new FollowedOrders(database, GapProof::of, doorbell, pacer);
  }

  private FollowedOrders(
      TestDatabase database,
      Tail.Proofs proofs,
      Function<Mysql, Doorbell> doorbell,
      ReadPacer pacer) {
    this.database = database;
    this.mysql = new Mysql(database.options());
    database.execute(
        "CREATE TABLE IF NOT EXISTS orders (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,"
            + " customer_name VARCHAR(100) NOT NULL, status VARCHAR(20) NOT NULL DEFAULT 'pending',"
            + " amount DECIMAL(10,2) NOT NULL DEFAULT 0)");
    new TriggerCapture().install(mysql, List.of("orders"), InstallOptions.DEFAULT);
    this.versions = TableVersions.read(mysql, List.of("orders"));
    this.catalog = new WatchedTables(versions);
    Position start = Tail.end(mysql);
    this.tail =
        new Tail(
            mysql,
            versions,
            start,
            throughFeed(start),
            doorbell.apply(mysql),
            null,
            LeadListener.NONE,
            proofs,
            pacer);
    tail.start();
  }

  /** Passes moments to a feed, which updates the catalog, and then to the recorder. */
  private MomentListener throughFeed(Position start) {
    Feed feed = new Feed(start, catalog, 1, 1);
    return MomentListener.both(feed, recorder);
  }

  /** The customers whose orders changed, in the order of arrival. */
  public List<String> customers() {
    return recorder.changes().stream().map(FollowedOrders::customer).toList();
  }

  public static String customer(Change change) {
    var row = change.after() == null ? change.before() : change.after();
    String json = row == null ? "" : String.valueOf(row.json("customer_name"));
    return json.substring(1, json.length() - 1);
  }

  public void awaitCustomer(String customer) throws InterruptedException {
    recorder.await("change of " + customer, changes -> customers().contains(customer));
  }

  public void awaitNoGaps() throws InterruptedException {
    recorder.awaitMoments("end of all gaps", moments -> tail.gaps() == 0);
  }

  public static void insert(Connection connection, String customer) throws SQLException {
    run(connection, "INSERT INTO orders (customer_name) VALUES ('" + customer + "')");
  }

  public static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    tail.close();
    mysql.close();
    database.close();
  }
}
