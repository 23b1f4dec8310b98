package dev.orderwire.tail;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Sessions whose auto_increment_increment makes MySQL skip ids. */
class AutoIncrementTest {
  @Test
  void anIdBetweenThoseOfOthersIsDeliveredAndTheOtherGapsEnd() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection odd = orders.database.connect();
        Connection writer = seventh(orders.database)) {
      insert(writer, "first");
      odd.setAutoCommit(false);
      insert(odd, "odd");
      for (int i = 0; i < 20; i++) {
        insert(writer, "seventh " + i);
      }
      orders.awaitCustomer("seventh 19");
      orders.recorder.awaitMoments(
          "only the odd session's gap", moments -> orders.tail.gaps() == 1);
      odd.commit();
      orders.awaitCustomer("odd");
      orders.awaitNoGaps();
      assertThat(orders.customers()).hasSize(22).doesNotHaveDuplicates();
      assertThat(orders.tail.position().head()).isGreaterThan(7 * 20);
    }
  }

  private static Connection seventh(TestDatabase database) throws SQLException {
    Connection connection = database.connect();
    run(connection, "SET SESSION auto_increment_increment = 7, auto_increment_offset = 3");
    return connection;
  }
}
