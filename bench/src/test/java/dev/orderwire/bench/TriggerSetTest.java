package dev.orderwire.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bench.rig.MysqlStatus;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.demo.SampleOrders;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class TriggerSetTest {
  @Test
  void minimalTriggersAndOrderwiresLogEachWriteOnce() throws Exception {
    Rig.runWithoutServer(rig -> {
      try (Connection connection = rig.connect();
          Statement statement = connection.createStatement()) {
        for (TriggerSet triggers : TriggerSet.values()) {
          SampleOrders.createTable(rig.mysql(), "logged");
          triggers.install(rig.mysql(), connection, "logged");
          statement.execute(
              "INSERT INTO logged.orders (customer_name, product_name) VALUES ('Ann', 'Laptop')");
          statement.execute("UPDATE logged.orders SET status = 'shipped'");
          String log =
              switch (triggers) {
                case NONE -> "orders";
                case MINIMAL -> "minimal_log";
                case ORDERWIRE -> "orderwire_change_log";
              };
          assertThat(MysqlStatus.number(connection, "SELECT COUNT(*) FROM logged." + log))
              .as("rows of %s", log)
              .isEqualTo(triggers == TriggerSet.NONE ? 1 : 2);
          statement.execute("DROP DATABASE logged");
        }
      }
    });
  }
}
