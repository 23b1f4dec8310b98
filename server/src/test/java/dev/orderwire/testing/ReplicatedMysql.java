package dev.orderwire.testing;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.mysql.MysqlOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A source and a replica, with GTIDs. Four workers of the replica apply transactions in parallel,
 * and commit them in an order of their own.
 */
public final class ReplicatedMysql implements AutoCloseable {
  private static final List<String> GTIDS =
      List.of(
          "--gtid-mode=ON",
          "--enforce-gtid-consistency=ON",
          "--transaction-write-set-extraction=XXHASH64",
          "--binlog-transaction-dependency-tracking=WRITESET");
  private static final List<String> OF_REPLICA =
      List.of(
          "--server-id=2",
          "--relay-log=relay",
          "--slave-parallel-type=LOGICAL_CLOCK",
          "--slave-parallel-workers=4",
          "--slave-preserve-commit-order=OFF");

  private final Path replicaData;
  private final EmbeddedMysql source;
  private EmbeddedMysql replica;

  /** Starts both, and replicates from the first transaction on. */
  public static ReplicatedMysql start(Path folder) {
    return new ReplicatedMysql(folder);
  }

  private ReplicatedMysql(Path folder) {
    source = EmbeddedMysql.start(folder.resolve("source"), 0, GTIDS);
    replicaData = folder.resolve("replica");
    samePassword();
    replica = startReplica(0);
    onReplica(
        "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=%d, MASTER_USER='%s', MASTER_PASSWORD='%s', MASTER_AUTO_POSITION=1, GET_MASTER_PUBLIC_KEY=1, MASTER_CONNECT_RETRY=1"
            .formatted(source.port(), source.user(), source.password()),
        "START SLAVE");
  }

  private void samePassword() {
    try {
      Files.createDirectories(replicaData);
      Files.writeString(replicaData.resolve("password"), source.password());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EmbeddedMysql startReplica(int port) {
    List<String> arguments = new ArrayList<>(GTIDS);
    arguments.addAll(OF_REPLICA);
    return EmbeddedMysql.start(replicaData, port, arguments);
  }

  public EmbeddedMysql source() {
    return source;
  }

  /** The way to a database on the replica. */
  public MysqlOptions onReplica(TestDatabase database) {
    return new MysqlOptions(
        "127.0.0.1",
        replica.port(),
        replica.user(),
        replica.password(),
        database.name(),
        8,
        Map.of());
  }

  /** Runs statements on the replica. */
  public void onReplica(String... statements) {
    TestServer.of(replica).run("", statements);
  }

  /** The replica still receives transactions, and applies none. */
  public void stopApplying() {
    onReplica("STOP SLAVE SQL_THREAD");
  }

  public void startApplying() {
    onReplica("START SLAVE SQL_THREAD");
  }

  /** The replica receives no transactions any more: those that follow are lost with the source. */
  public void stopReceiving() {
    onReplica("STOP SLAVE IO_THREAD");
  }

  /** Kills the source, and makes the replica the source, at the address of the old one. */
  public void failOver() {
    source.kill();
    onReplica("STOP SLAVE", "RESET SLAVE ALL");
    replica.kill();
    replica = startReplica(source.port());
  }

  /** As {@code kill -9}. */
  public void killReplica() {
    replica.kill();
  }

  /** Starts the replica again after {@link #killReplica}, on the same port. */
  public void restartReplica() {
    replica = startReplica(replica.port());
  }

  @Override
  public void close() {
    replica.kill();
    source.kill();
  }
}
