package dev.orderwire.tail;

import static dev.orderwire.tail.FollowedOrders.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

class MissingIdsTest {
  @Test
  void ofVeryManyMissingIdsTheNewestAndTheUncommittedAreKept() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection session = orders.mysql.open();
        Connection slow = orders.database.connect()) {
      orders.tail.close();
      slow.setAutoCommit(false);
      insert(slow, "open");
      MissingIds missing = new MissingIds(session);
      long newest = 2;
      for (int range = 0; range < 3 * MissingIds.RANGES; range++) {
        missing.addVisible(newest);
        newest += 2;
      }
      Ids open = missing.open();
      assertThat(open.ranges()).hasSizeBetween(MissingIds.RANGES + 1, MissingIds.RANGES + 2_001);
      assertThat(open.contains(1)).isTrue();
      assertThat(open.contains(3)).isFalse();
      for (int back = 0; back < MissingIds.RANGES; back++) {
        assertThat(open.contains(newest - 3 - 2L * back)).isTrue();
      }
    }
  }
}
