package dev.orderwire.changelog.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.CollectedRows;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.changelog.SnapshotsUnderWrite;
import dev.orderwire.doctor.Doctor;
import dev.orderwire.doctor.Finding;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.ReplicatedMysql;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots and replays from a replica that lags, hangs, dies, or has another change log. */
@Timeout(300)
class ReplicasTest {
  @TempDir private Path folder;
  private ReplicatedMysql mysql;
  private FollowedOrders orders;
  private Replicas replicas;

  @BeforeEach
  void start() {
    mysql = ReplicatedMysql.start(folder);
    orders = new FollowedOrders(TestDatabase.create(mysql.source(), "shop"));
    replicas = replicas(mysql.onReplica(orders.database));
  }

  @AfterEach
  void end() {
    replicas.close();
    orders.close();
    mysql.close();
  }

  private Replicas replicas(MysqlOptions... options) {
    Replicas created =
        new Replicas(
            List.of(options), orders.mysql, orders.catalog, () -> orders.tail.position().epoch());
    created.start();
    return created;
  }

  private static ReplicaStatus only(Replicas all) {
    assertThat(all.status()).hasSize(1);
    return all.status().getFirst();
  }

  private void awaitUsed() {
    Await.until("the replica is used", () -> only(replicas).cause().isEmpty());
  }

  private void awaitLeftOut(String cause) {
    Await.until(
        "the replica is left out: " + cause,
        () -> only(replicas).cause().filter(found -> found.contains(cause)).isPresent());
  }

  private SnapshotReader snapshots() {
    return replicas.snapshots(new MysqlSnapshotReader(orders.mysql));
  }

  private Backlog backlog() {
    return replicas.backlog(new MysqlBacklog(orders.mysql, orders.catalog));
  }

  private CollectedRows read() {
    CollectedRows read = new CollectedRows(Integer.MAX_VALUE);
    snapshots()
        .read(
            orders.catalog.defaultTable(), Prefilter.ALL, null, orders.tail.position(), 100, read);
    return read;
  }

  private void insert(String customer) throws Exception {
    try (Connection writer = orders.database.connect()) {
      FollowedOrders.insert(writer, customer);
    }
    orders.awaitCustomer(customer);
  }

  @Test
  void aSnapshotOfAReplicaClaimsOnlyWhatItHas() throws Exception {
    awaitUsed();
    int snapshots = SnapshotsUnderWrite.check(orders, snapshots());
    assertThat(snapshots).isGreaterThan(10);
    assertThat(replicas.reads(0)).isGreaterThan(10);
  }

  @Test
  void aSnapshotOfAReplicaThatLagsNowAndThenClaimsOnlyWhatItHas() throws Exception {
    awaitUsed();
    Thread stopping =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (true) {
                  mysql.stopApplying();
                  Thread.sleep(200);
                  mysql.startApplying();
                  Thread.sleep(300);
                }
              } catch (InterruptedException e) {
                // The end of the test.
              }
            });
    try {
      SnapshotsUnderWrite.check(orders, snapshots());
    } finally {
      stopping.interrupt();
      stopping.join();
    }
    assertThat(replicas.reads(0)).isPositive();
  }

  @Test
  void aReplicaThatLagsIsLeftOutAndTakenBack() throws Exception {
    awaitUsed();
    mysql.stopApplying();
    insert("newest");
    CollectedRows ofSource = read();
    assertThat(ofSource.rows).hasSize(1);
    assertThat(ofSource.position()).isEqualTo(orders.tail.position());
    assertThat(replicas.readsOfSource()).isEqualTo(1);
    assertThat(replicas.problem()).get().asString().contains("s behind the source");

    mysql.startApplying();
    awaitUsed();
    assertThat(replicas.problem()).isEmpty();
    long reads = replicas.reads(0);
    assertThat(read().rows).hasSize(1);
    assertThat(replicas.reads(0)).isEqualTo(reads + 1);
    assertThat(replicas.readsOfSource()).isEqualTo(1);
  }

  @Test
  void missedChangesAreReadFromTheReplica() throws Exception {
    awaitUsed();
    Position start = orders.tail.position();
    insert("one");
    insert("two");
    var page =
        (Backlog.Page.Changes)
            backlog().page(orders.tail.position().since(start), "orders", 0, 100, 1 << 20);
    assertThat(page.changes()).extracting(FollowedOrders::customer).containsExactly("one", "two");
    assertThat(page.changes()).extracting(Change::id).doesNotHaveDuplicates();
    assertThat(replicas.reads(0)).isEqualTo(1);
    assertThat(replicas.readsOfSource()).isZero();
  }

  @Test
  void aReplicaWithAnotherChangeLogIsLeftOut() throws Exception {
    awaitUsed();
    insert("one");
    mysql.onReplica(
        "SET sql_log_bin = 0",
        """
        UPDATE shop.orderwire_state SET value = JSON_SET(value, '$.epoch', 'other')
         WHERE name = 'epoch'\
        """);
    assertThat(read().rows).hasSize(1);
    assertThat(replicas.readsOfSource()).isEqualTo(1);
    awaitLeftOut("its epoch is other");
  }

  @Test
  void aReplicaThatDiesIsLeftOutAndTakenBack() throws Exception {
    awaitUsed();
    insert("one");
    mysql.killReplica();
    assertThat(read().rows).hasSize(1);
    awaitLeftOut("");
    assertThat(only(replicas).since()).isPresent();
    mysql.restartReplica();
    awaitUsed();
    assertThat(read().rows).hasSize(1);
  }

  @Test
  void aServerWithoutGtidsIsNeverRead() throws Exception {
    insert("one");
    try (TestDatabase other = TestDatabase.create(TestMysql.server(), "plain");
        Replicas plain = replicas(other.options())) {
      Await.until(
          "it is left out",
          () -> only(plain).cause().filter(cause -> cause.contains("gtid_mode")).isPresent());
      assertThat(only(plain).cause()).get().asString().contains("gtid_mode is OFF on the replica");
    }
  }

  @Test
  void theDoctorChecksReplicas() {
    MysqlOptions replica = mysql.onReplica(orders.database);
    assertThat(Doctor.examineReplicas(List.of(replica), orders.mysql))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
          assertThat(finding.advice()).contains("replica_preserve_commit_order=ON");
        });
    mysql.onReplica(
        "STOP SLAVE SQL_THREAD",
        "SET GLOBAL slave_preserve_commit_order = ON",
        "START SLAVE SQL_THREAD");
    assertThat(Doctor.examineReplicas(List.of(replica), orders.mysql))
        .singleElement()
        .extracting(Finding::severity)
        .isEqualTo(Finding.Severity.OK);
    mysql.killReplica();
    assertThat(Doctor.examineReplicas(List.of(replica), orders.mysql))
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.found()).startsWith("snapshots are not read from it: "));
  }

  @Test
  void transactionsThatAreBeingCommittedCount() {
    assertThat(SourceTransactions.set("", "a:1-5")).isEqualTo("a:1-5");
    assertThat(SourceTransactions.set("a:6#31:7#32", "a:1-5")).isEqualTo("a:1-5,a:6:7");
    assertThat(SourceTransactions.set("a:1#31", "")).isEqualTo("a:1");
    assertThat(SourceTransactions.set("", "")).isEmpty();
  }
}
