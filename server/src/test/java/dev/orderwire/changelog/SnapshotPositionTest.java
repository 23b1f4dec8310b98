package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.TestMysql;
import org.junit.jupiter.api.Test;

/** A snapshot and its position belong together, whatever is written meanwhile. */
class SnapshotPositionTest {
  @Test
  void theChangesAfterAPositionCompleteItsSnapshot() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      int snapshots = SnapshotsUnderWrite.check(orders, new MysqlSnapshotReader(orders.mysql));
      assertThat(snapshots).isGreaterThan(10);
    }
  }
}
