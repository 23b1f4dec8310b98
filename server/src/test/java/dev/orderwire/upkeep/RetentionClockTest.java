package dev.orderwire.upkeep;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogAge;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writers whose clock says anything: with SET TIMESTAMP, as a replayed binlog has it too. */
class RetentionClockTest {
  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final Duration TWO_DAYS = Duration.ofDays(2);

  private FollowedOrders orders;
  private Connection writer;

  @BeforeEach
  void start() throws SQLException {
    orders = new FollowedOrders(TestMysql.database());
    writer = orders.database.connect();
  }

  @AfterEach
  void end() throws SQLException {
    writer.close();
    orders.close();
  }

  private void insertAt(String timestamp, String customer) throws Exception {
    run(writer, "SET timestamp = " + timestamp);
    insert(writer, customer);
    orders.awaitCustomer(customer);
  }

  private List<String> years() {
    return orders
        .database
        .query("SELECT DATE_FORMAT(at, '%Y') FROM orderwire_change_log ORDER BY id")
        .stream()
        .map(row -> String.valueOf(row.getFirst()))
        .toList();
  }

  private long floor() {
    try (Connection session = orders.mysql.connect()) {
      return RetentionFloor.of(session);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Retention retention(Duration age) {
    return new Retention(orders.mysql, orders.tail, age, 0, OFTEN);
  }

  @Test
  void aNewRowIsKeptWhateverItsWritersClockSays() throws Exception {
    insertAt("1.5", "long ago");
    insertAt("UNIX_TIMESTAMP('2020-06-01 12:00:00.123456')", "past");
    insertAt("DEFAULT", "last");
    assertThat(years().subList(0, 2)).containsExactly("1970", "2020");
    try (Connection session = orders.mysql.open();
        Retention retention = retention(TWO_DAYS)) {
      assertThat(retention.delete(session, 0).count()).isZero();
      assertThat(retention.delete(session, 0).count()).isZero();
      assertThat(years()).hasSize(3);
    }
  }

  @Test
  void aRowFromTheFutureDoesNotEndRetention() throws Exception {
    insertAt("DEFAULT", "first");
    insertAt("UNIX_TIMESTAMP('2037-12-31 23:59:59')", "future");
    insertAt("DEFAULT", "second");
    insertAt("DEFAULT", "last");
    LogAge.seen(orders.database, 3, TWO_DAYS.plusMinutes(1));
    try (Connection session = orders.mysql.open();
        Retention retention = retention(TWO_DAYS)) {
      assertThat(retention.delete(session, 0).last()).isEqualTo(3);
    }
  }

  /** Two servers of one database; their clocks of MySQL are one. */
  @Test
  void rowsAreDeletedOnceTheServersHaveSeenThemForLongEnough() throws Exception {
    insertAt("UNIX_TIMESTAMP('2037-12-31 23:59:59')", "future");
    try (Retention one = retention(Duration.ofSeconds(1));
        Retention other = retention(Duration.ofSeconds(1))) {
      one.start();
      other.start();
      insertAt("UNIX_TIMESTAMP('2020-06-01')", "past");
      insertAt("DEFAULT", "last");
      Await.until("all but the newest are deleted", () -> floor() == 2);
    }
  }

  /** As after an update of the server, or the loss of the checkpoints. */
  @Test
  void aLogThatNoServerHasSeenIsKeptForTheWholeTimeFromNowOn() throws Exception {
    insertAt("DEFAULT", "a");
    insertAt("DEFAULT", "last");
    orders.database.execute("UPDATE orderwire_change_log SET at = NOW(6) - INTERVAL 30 DAY");
    try (Connection session = orders.mysql.open();
        Retention retention = retention(TWO_DAYS)) {
      assertThat(retention.delete(session, 0).count()).isZero();
      assertThat(
              orders
                  .database
                  .query(
                      "SELECT value->'$.seen[0][1]', value->'$.seen[0][0]' BETWEEN"
                          + " UNIX_TIMESTAMP() - 600 AND UNIX_TIMESTAMP()"
                          + " FROM orderwire_state WHERE name = 'checkpoints'")
                  .getFirst())
          .containsExactly("2", "1");
    }
  }

  @Test
  void theIdsOfAnotherEpochAreNoCheckpoints() throws Exception {
    insertAt("DEFAULT", "a");
    insertAt("DEFAULT", "last");
    LogAge.seen(orders.database, 2, TWO_DAYS.plusMinutes(1));
    orders.database.execute(
        "UPDATE orderwire_state SET value = JSON_SET(value, '$.epoch', 'former')"
            + " WHERE name = 'checkpoints'");
    try (Connection session = orders.mysql.open();
        Retention retention = retention(TWO_DAYS)) {
      assertThat(retention.delete(session, 0).count()).isZero();
    }
  }
}
