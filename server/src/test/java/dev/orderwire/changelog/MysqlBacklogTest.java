package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Backlog;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.Tail;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the backlog says of committed, uncommitted and missing ids. */
class MysqlBacklogTest {
  private static final String INSERT = "INSERT INTO orders (customer_name) VALUES ('%s')";

  private final FollowedOrders orders = new FollowedOrders(TestMysql.database());
  private final MysqlBacklog backlog = new MysqlBacklog(orders.mysql, orders.catalog);

  @AfterEach
  void close() {
    orders.close();
  }

  @Test
  void theNewestIdIsThatOfTheNewestCommittedChange() throws SQLException {
    assertThat(backlog.newestId()).isZero();
    orders.database.execute(INSERT.formatted("Ann"));
    long committed = backlog.newestId();
    assertThat(committed).isPositive();
    try (Connection open = orders.database.connect()) {
      open.setAutoCommit(false);
      FollowedOrders.run(open, INSERT.formatted("Bob"));
      assertThat(backlog.newestId()).isEqualTo(committed);
      open.commit();
    }
    assertThat(backlog.newestId()).isGreaterThan(committed);
  }

  @Test
  void thePositionOfNowHasTheIdsOfOpenTransactionsAsGaps() throws SQLException {
    Position start = Tail.end(orders.mysql);
    try (Connection open = orders.database.connect()) {
      open.setAutoCommit(false);
      FollowedOrders.run(open, INSERT.formatted("Ann"));
      orders.database.execute(INSERT.formatted("Bob"));
      Position now = backlog.now(start);
      long bob = backlog.newestId();
      assertThat(now.head()).isEqualTo(bob);
      assertThat(now.gaps().contains(bob - 1)).isTrue();
      open.commit();
      assertThat(backlog.now(now).covers(bob - 1)).isTrue();
    }
  }

  @Test
  void pagesFollowEachOtherWithoutOmissions() {
    Position start = Tail.end(orders.mysql);
    for (int i = 0; i < 5; i++) {
      orders.database.execute(INSERT.formatted("customer " + i));
    }
    Ids missed = backlog.now(start).since(start);
    List<Change> first = changes(backlog.page(missed, "orders", 0, 3, 1L << 20));
    List<Change> second =
        changes(backlog.page(missed, "orders", first.getLast().id(), 3, 1L << 20));
    assertThat(first).hasSize(3);
    assertThat(second).hasSize(2);
    assertThat(changes(backlog.page(missed, "orders", second.getLast().id(), 3, 1L << 20)))
        .isEmpty();
    assertThat(changes(backlog.page(missed, "orders", 0, 3, 1))).hasSize(1);
  }

  private static List<Change> changes(Backlog.Page page) {
    return ((Backlog.Page.Changes) page).changes();
  }
}
