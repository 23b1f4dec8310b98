package dev.orderwire.judge;

import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.judge.cluster.TableTopics;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Patience;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The check of the topics of the tables after each round, while nobody writes: what a consumer
 * reads that belongs to nobody here. For one thread.
 */
final class TopicCheck {
  /** One defect can show in every change, so only the first of a round are reported. */
  private static final int MOST_FINDINGS = 5;

  private static final Set<String> TABLES =
      WatchedTables.ALL.stream().map(WatchedTable::name).collect(Collectors.toUnmodifiableSet());

  private final Database database;
  private final TableTopics topics;
  private final Patience patience;
  private final Findings findings;
  private final Tally tally;
  private final TopicRecords records = new TopicRecords();

  /** Of the change log that the topics were written from. */
  private String epoch;

  /** The highest id of that change log in the previous round. */
  private long checked;

  /** Waits until the servers write to the topics: from then on, these know of the change log. */
  TopicCheck(
      Database database, TableTopics topics, Patience patience, Findings findings, Tally tally)
      throws SQLException, InterruptedException {
    this.database = database;
    this.topics = topics;
    this.patience = patience;
    this.findings = findings;
    this.tally = tally;
    awaitWritten();
    this.epoch = readEpoch();
  }

  private void awaitWritten() throws InterruptedException {
    boolean _ = patience.await("the topics of the tables", topics::isWritten);
  }

  private String readEpoch() throws SQLException {
    try (Connection connection = database.connect()) {
      return ChangeLogTable.epoch(connection);
    }
  }

  /**
   * Checks a round.
   *
   * @param head the highest id of the log
   */
  void run(long head) throws SQLException, InterruptedException {
    records.beginRound();
    String now = readEpoch();
    boolean isSame = now.equals(epoch);
    epoch = now;
    // The epoch decides. A run starts over at 0 even if a DROP TABLE of the log has failed, but the
    // changes of earlier rounds may be forgotten here.
    long after = isSame ? checked : 0;
    checked = head;
    if (topics.takeLost()) {
      tally.count(Tally.Group.TOPICS, "rounds without a check, as Kafka has lost the topics");
      // Until the servers notice, what they write is lost, and a new leader does not know it.
      awaitWritten();
      read();
      records.forget();
      return;
    }
    Map<Long, String> due = due(after);
    boolean _ =
        isSame
            ? patience.await("all changes in the topics of the tables", () -> hasAll(due))
            : patience.await("the new epoch in the topics of the tables", this::hasNewEpoch);
    compare(after);
    records.defects().stream()
        .limit(MOST_FINDINGS)
        .forEach(defect -> findings.add(Findings.Kind.TOPIC, "topics", defect));
    tally.count(Tally.Group.TOPICS, "records checked", records.count());
  }

  private boolean hasAll(Map<Long, String> due) throws InterruptedException {
    read();
    due.entrySet().removeIf(each -> records.has(each.getValue(), each.getKey()));
    return due.isEmpty();
  }

  private boolean hasNewEpoch() throws InterruptedException {
    read();
    return TABLES.stream().allMatch(records::hasNewEpoch);
  }

  private void read() throws InterruptedException {
    try {
      topics.read().forEach(records::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The changes of the log, with their tables. */
  private Map<Long, String> due(long after) throws SQLException {
    Map<Long, String> due = new HashMap<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet log = statement.executeQuery(select("id, table_name", after))) {
      while (log.next()) {
        if (TABLES.contains(log.getString(2))) {
          due.put(log.getLong(1), log.getString(2));
        }
      }
    }
    return due;
  }

  private static String select(String columns, long after) {
    return "SELECT %s FROM orderwire_change_log WHERE row_key IS NOT NULL AND id > %d"
        .formatted(columns, after);
  }

  private void compare(long after) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet log =
          statement.executeQuery(
              select("id, table_name, op, row_key, row_before, row_after", after))) {
        while (log.next()) {
          JsonNode key = json(log.getString(4));
          if (key != null && TABLES.contains(log.getString(2))) {
            records.compare(
                log.getString(2),
                log.getLong(1),
                log.getString(3),
                key,
                json(log.getString(5)),
                json(log.getString(6)));
          }
        }
      }
    }
    records.compared(after);
  }

  private static @Nullable JsonNode json(@Nullable String text) {
    return text == null ? null : Json.parse(text);
  }
}
