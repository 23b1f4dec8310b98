package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.Screen;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that get other values under the same names and types while a client watches them. */
@ExtendWith(FailOnLeak.class)
class HiddenAlterTest {
  private static final String COLUMNS =
      "'id', id, 'customer', customer, 'status', status, 'tier', tier"
          + ", 'price', price, 'gross', CAST(gross AS CHAR), 'word', word, 'same', same";

  private final OrdersGateway gateway = new OrdersGateway(1_000, Map.of()).keepUp();
  private final Screen screen = new Screen();

  /** Adds columns, and waits until the client of the table shows them. */
  private WsClient watch() {
    gateway.database.execute(
        """
        ALTER TABLE orders
          ADD COLUMN tier INT DEFAULT 1,
          ADD COLUMN price INT NOT NULL DEFAULT 8,
          ADD COLUMN gross DECIMAL(12,2) AS (price * 1.2) VIRTUAL,
          ADD COLUMN word VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT 'x',
          ADD COLUMN same INT AS (word = 'X') VIRTUAL,
          ALGORITHM = COPY\
        """);
    gateway.insert(3);
    WsClient client = WsClient.connect(gateway.ws("snapshot", "true"));
    screen.awaitTable(gateway.database, client, COLUMNS);
    Await.until(
        "the stored state has the columns",
        () ->
            !gateway
                .database
                .query(
                    "SELECT 1 FROM orderwire_state"
                        + " WHERE name = 'table:orders' AND value->>'$.shape' LIKE '%\"same\"%'")
                .isEmpty());
    return client;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // On MySQL 9.7 it is instant: the table keeps its id.
        "ALTER TABLE orders DROP COLUMN tier, ADD COLUMN tier INT DEFAULT 9 AFTER status",
        "ALTER TABLE orders DROP COLUMN gross,"
            + " ADD COLUMN gross DECIMAL(12,2) AS (price * 1.25) VIRTUAL AFTER price",
        // A comparison has another result under another collation.
        "ALTER TABLE orders MODIFY word VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x'"
      })
  void aClientShowsTheNewValues(String alter) {
    try (gateway;
        WsClient client = watch()) {
      gateway.database.execute(alter);
      screen.awaitTable(gateway.database, client, COLUMNS);
    }
  }

  /** After IMPORT TABLESPACE, MySQL shows no difference at all. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientShowsImportedRows(boolean seenDiscarded, @TempDir Path copies)
      throws IOException, SQLException {
    try (gateway;
        WsClient client = watch()) {
      Tablespace tablespace = Tablespace.export(gateway.database, copies);
      gateway.database.execute("UPDATE orders SET price = 77");
      screen.awaitTable(gateway.database, client, COLUMNS);
      gateway.database.execute("ALTER TABLE orders DISCARD TABLESPACE");
      if (seenDiscarded) {
        Await.until(
            "the discarded tablespace is reported",
            () -> gateway.problem().filter(it -> it.contains("IMPORT TABLESPACE")).isPresent());
      }
      tablespace.copyBack();
      gateway.database.execute("ALTER TABLE orders IMPORT TABLESPACE");
      assertThat(gateway.database.query("SELECT DISTINCT price FROM orders")).hasToString("[[8]]");
      screen.awaitTable(gateway.database, client, COLUMNS);
      Await.until("no problem", () -> gateway.problem().isEmpty());
    }
  }

  /** The files of the table's rows. */
  private record Tablespace(Path folder, Path copies) {
    static Tablespace export(TestDatabase database, Path copies) throws IOException, SQLException {
      String data = String.valueOf(database.query("SELECT @@datadir").getFirst().getFirst());
      Tablespace tablespace = new Tablespace(Path.of(data, database.name()), copies);
      try (Connection session = database.connect();
          Statement statement = session.createStatement()) {
        statement.execute("FLUSH TABLES orders FOR EXPORT");
        tablespace.copy(tablespace.folder, copies);
        statement.execute("UNLOCK TABLES");
      }
      return tablespace;
    }

    void copyBack() throws IOException {
      copy(copies, folder);
    }

    private void copy(Path from, Path to) throws IOException {
      for (String file : new String[] {"orders.ibd", "orders.cfg"}) {
        Files.copy(from.resolve(file), to.resolve(file));
      }
    }
  }
}
