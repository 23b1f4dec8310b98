package dev.orderwire.tail.gaps;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XaTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPreparedTransactionKeepsItsGapsAfterItsConnectionEnded(boolean byLocks) throws Exception {
    try (FollowedOrders orders =
            FollowedOrders.withProof(
                TestMysql.database(), _ -> byLocks ? new MetadataLocks() : new OpenTransactions());
        Connection other = orders.database.connect();
        Connection quick = orders.database.connect()) {
      String name = orders.database.name();
      try (Connection preparing = orders.database.connect()) {
        run(preparing, "XA START '" + name + "'");
        insert(preparing, "late");
        run(preparing, "XA END '" + name + "'");
        run(preparing, "XA PREPARE '" + name + "'");
      }
      other.setAutoCommit(false);
      for (int round = 0; round < 3; round++) {
        insert(other, "never");
        insert(quick, "round " + round);
        orders.awaitCustomer("round " + round);
        other.rollback();
        orders.recorder.awaitMoments("only its gap", moments -> orders.tail.gaps() == 1);
      }
      run(quick, "XA COMMIT '" + name + "'");
      orders.awaitCustomer("late");
      orders.awaitNoGaps();
      assertThat(orders.customers()).containsExactly("round 0", "round 1", "round 2", "late");
    }
  }
}
