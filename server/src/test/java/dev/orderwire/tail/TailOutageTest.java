package dev.orderwire.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailOutageTest {
  @Test
  void everyCommittedChangeArrivesOnceAcrossCrashesOfMysql(@TempDir Path data) throws Exception {
    EmbeddedMysql mysql = EmbeddedMysql.start(data, 0, List.of());
    try {
      TestDatabase database = TestDatabase.create(mysql, "shop");
      try (FollowedOrders orders = FollowedOrders.withDoorbell(database, BinlogDoorbell::new)) {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
          String name = "writer " + writer;
          writers.add(Thread.ofVirtual().start(() -> write(database, name, stop)));
        }
        for (int crash = 1; crash <= 2; crash++) {
          int enough = orders.recorder.changes().size() + 200;
          orders.recorder.await("changes before crash " + crash, all -> all.size() >= enough);
          mysql.kill();
          while (!(orders.tail.status() instanceof TailStatus.Waiting)) {
            Thread.onSpinWait();
          }
          mysql = EmbeddedMysql.start(data, mysql.port(), List.of());
        }
        int enough = orders.recorder.changes().size() + 200;
        orders.recorder.await("changes after the last crash", all -> all.size() >= enough);
        stop.set(true);
        for (Thread writer : writers) {
          writer.join();
        }
        List<Long> committed =
            database.query("SELECT id FROM orderwire_change_log ORDER BY id").stream()
                .map(row -> Long.parseLong(Objects.requireNonNull(row.getFirst())))
                .toList();
        orders.recorder.await("all that was committed", all -> all.size() >= committed.size());
        orders.recorder.awaitMoments("end of all gaps", moments -> orders.tail.gaps() == 0);

        assertThat(orders.recorder.changes())
            .extracting(Change::id)
            .containsExactlyInAnyOrderElementsOf(committed);
        assertThat(orders.tail.status()).isInstanceOf(TailStatus.Following.class);
      }
    } finally {
      mysql.close();
    }
  }

  /** Writes transactions of three inserts, every fifth rolled back, and goes on after crashes. */
  private static void write(TestDatabase database, String name, AtomicBoolean stop) {
    for (int number = 0; !stop.get(); number++) {
      try (Connection connection = database.connect()) {
        connection.setAutoCommit(false);
        for (; !stop.get(); number++) {
          for (int i = 0; i < 3; i++) {
            FollowedOrders.insert(connection, name);
          }
          if (number % 5 == 0) {
            connection.rollback();
          } else {
            connection.commit();
          }
        }
      } catch (SQLException e) {
        Thread.onSpinWait(); // MySQL is away; the change log shows whether the commit happened
      }
    }
  }
}
