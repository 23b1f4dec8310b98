package dev.orderwire.judge;

import dev.orderwire.judge.table.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a consumer has read from the topics of the tables in a round, compared with the change log:
 * each change once, in order for each row. For one thread.
 */
final class TopicRecords {
  /** After this reset, nothing is known about what comes before it. */
  private static final long ALL = Long.MAX_VALUE;

  /** By table and number. */
  private final Map<String, Map<Integer, TopicPartition>> tables = new HashMap<>();

  /** The partition of each row in this round, by table and key. */
  private final Map<String, Integer> partitions = new HashMap<>();

  /** The newest reset of each table in this round: the topic may lack changes before it. */
  private final Map<String, Long> resets = new HashMap<>();

  private final List<String> defects = new ArrayList<>();
  private long records;

  /** Forgets what is not needed to judge the next round. */
  void beginRound() {
    tables.values().forEach(all -> all.values().forEach(TopicPartition::beginRound));
    partitions.clear();
    resets.clear();
    defects.clear();
    records = 0;
  }

  /** Forgets all: the topics were lost, and begin again. */
  void forget() {
    beginRound();
    tables.clear();
  }

  /** How many were read in this round. */
  long count() {
    return records;
  }

  /** What is wrong, in words. */
  List<String> defects() {
    return List.copyOf(defects);
  }

  /**
   * Adds the next record of its partition.
   *
   * @param line as Kafka's console consumer prints it
   */
  void add(String line) {
    records++;
    String[] parts = line.split("\t", 3);
    if (parts.length != 3) {
      defects.add("no key and value in the record: " + line);
      return;
    }
    int number = Integer.parseInt(parts[0].substring(parts[0].indexOf(':') + 1));
    JsonNode value = Json.parse(parts[2]);
    String table = value.path("table").asString();
    TopicPartition partition =
        tables
            .computeIfAbsent(table, _ -> new TreeMap<>())
            .computeIfAbsent(number, _ -> new TopicPartition());
    if (value.has("reset")) {
      reset(table, partition, value);
    } else {
      change(table, number, partition, parts[1], value);
    }
  }

  private void reset(String table, TopicPartition partition, JsonNode value) {
    switch (value.path("reset").asString()) {
      case "schema" -> resets.merge(table, value.path("id").asLong(0), Math::max);
      case "epoch" -> {
        resets.put(table, ALL);
        partition.forget();
      }
      default -> defects.add("an unexpected reset: " + value);
    }
  }

  private void change(
      String table, int number, TopicPartition partition, String key, JsonNode value) {
    long id = value.path("id").asLong();
    JsonNode rowKey = value.path("key");
    boolean hasRows = !value.path("omitted").asBoolean(false);
    String wrong =
        partition.add(
            id,
            key,
            hasRows
                ? content(
                    value.path("op").asString(), rowKey, value.get("before"), value.get("after"))
                : null);
    if (wrong != null) {
      defects.add("partition %d of %s has %s".formatted(number, table, wrong));
    }
    Integer other = partitions.put(table + " " + key, number);
    if (other != null && other != number) {
      defects.add(
          "the row %s of %s is in the partitions %d and %d".formatted(key, table, other, number));
    }
    if (!Json.parse(key).equals(rowKey)) {
      defects.add("partition %d of %s has the key %s of %s".formatted(number, table, key, value));
    }
  }

  private static int content(
      String op, JsonNode key, @Nullable JsonNode before, @Nullable JsonNode after) {
    return Objects.hash(op, key, orNull(before), orNull(after));
  }

  private static @Nullable JsonNode orNull(@Nullable JsonNode row) {
    return row == null || row.isNull() ? null : row;
  }

  private List<TopicPartition> partitions(String table) {
    return List.copyOf(tables.getOrDefault(table, Map.of()).values());
  }

  private boolean mayLack(String table, long id) {
    return resets.getOrDefault(table, 0L) > id;
  }

  /** Whether the topic of the table has a change, or need not have it. */
  boolean has(String table, long id) {
    return mayLack(table, id) || partitions(table).stream().anyMatch(each -> each.has(id));
  }

  /** Whether the topic of the table says that ids begin again, in this round. */
  boolean hasNewEpoch(String table) {
    return mayLack(table, ALL - 1);
  }

  /** Compares a change of the log with its record. */
  void compare(
      String table,
      long id,
      String op,
      JsonNode key,
      @Nullable JsonNode before,
      @Nullable JsonNode after) {
    List<TopicPartition> found = partitions(table).stream().filter(each -> each.has(id)).toList();
    if (found.size() != 1 && !mayLack(table, id)) {
      defects.add(
          "%d partitions of %s have change %d: %s %s".formatted(found.size(), table, id, op, key));
    }
    for (TopicPartition each : found) {
      Integer content = each.take(id);
      // A record has the columns that the table had when the change was read.
      if (content != null
          && !resets.containsKey(table)
          && content != content(op, key, before, after)) {
        defects.add("the topic of %s has another change %d: %s %s".formatted(table, id, op, key));
      }
    }
  }

  /**
   * Ends the comparison with the log.
   *
   * @param after the highest id of the previous round: the log up to there was not compared
   */
  void compared(long after) {
    tables.forEach((table, all) -> {
      if (!hasNewEpoch(table)) {
        all.values()
            .forEach(each ->
                each.forEachUnexplained(id -> {
                  if (id > after) {
                    defects.add(
                        "the topic of %s has change %d, the log has not".formatted(table, id));
                  }
                }));
      }
    });
  }
}
