package dev.orderwire.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.table.Json;
import org.junit.jupiter.api.Test;

/** Each defect of a topic must be found, and what the documentation allows must not. */
final class TopicRecordsTest {
  private final TopicRecords records = new TopicRecords();

  private static String record(int partition, int key, long id, int amount) {
    return "Partition:%d\t{\"id\":%d}\t{\"id\":%d,\"table\":\"item\",\"op\":\"insert\",\"key\":{\"id\":%d},\"before\":null,\"after\":{\"id\":%d,\"amount\":%d},\"at\":\"\",\"actor\":\"\"}"
        .formatted(partition, key, id, key, key, amount);
  }

  private static String reset(int partition, String reason, long id) {
    return "Partition:%d\tnull\t{\"reset\":\"%s\",\"id\":%d,\"table\":\"item\"}"
        .formatted(partition, reason, id);
  }

  private void log(int key, long id, int amount) {
    records.compare(
        "item",
        id,
        "insert",
        Json.parse("{\"id\":%d}".formatted(key)),
        null,
        Json.parse("{\"amount\":%d,\"id\":%d}".formatted(amount, key)));
  }

  private void assertOneDefect(String text) {
    assertThat(records.defects()).singleElement().asString().contains(text);
  }

  @Test
  void whatTheLogHasIsNoDefect() {
    records.add(record(0, 1, 10, 5));
    records.add(record(3, 2, 7, 5));
    records.add(record(0, 1, 12, 6));
    assertThat(records.has("item", 10)).isTrue();
    log(2, 7, 5);
    log(1, 10, 5);
    log(1, 12, 6);
    records.compared(0);
    assertThat(records.defects()).isEmpty();
    assertThat(records.count()).isEqualTo(3);
  }

  @Test
  void aChangeThatIsMissingIsFound() {
    records.add(record(0, 1, 10, 5));
    assertThat(records.has("item", 11)).isFalse();
    log(1, 10, 5);
    log(2, 11, 5);
    assertOneDefect("0 partitions of item have change 11");
  }

  @Test
  void aChangeThatComesAgainRoundsLaterIsFound() {
    records.add(record(0, 1, 10, 5));
    log(1, 10, 5);
    records.beginRound();
    records.add(record(0, 1, 10, 5));
    assertOneDefect("partition 0 of item has change 10 twice");
  }

  @Test
  void aChangeInTwoPartitionsIsFound() {
    records.add(record(0, 1, 10, 5));
    records.add(record(1, 1, 10, 5));
    log(1, 10, 5);
    assertThat(records.defects())
        .anySatisfy(each -> assertThat(each).contains("is in the partitions 0 and 1"))
        .anySatisfy(each -> assertThat(each).contains("2 partitions of item have change 10"));
  }

  @Test
  void aRowWhoseChangesAreNotInOrderIsFound() {
    records.add(record(0, 1, 12, 5));
    records.add(record(0, 2, 11, 5));
    records.add(record(0, 1, 10, 5));
    assertOneDefect("change 12 of the row {\"id\":1} before change 10");
  }

  @Test
  void aChangeWithOtherRowsIsFound() {
    records.add(record(0, 1, 10, 5));
    log(1, 10, 6);
    assertOneDefect("another change 10");
  }

  @Test
  void aChangeThatTheLogDoesNotHaveIsFound() {
    records.add(record(0, 1, 10, 5));
    records.add(record(0, 1, 11, 5));
    log(1, 10, 5);
    records.compared(0);
    assertOneDefect("has change 11, the log has not");
  }

  @Test
  void aResetExcusesWhatIsMissingBeforeItAndNothingAfterIt() {
    records.add(reset(0, "schema", 11));
    log(1, 10, 5);
    assertThat(records.defects()).isEmpty();
    log(1, 12, 5);
    assertOneDefect("have change 12");
  }

  @Test
  void anEpochBeginsIdsAgain() {
    records.add(record(0, 1, 10, 5));
    assertThat(records.hasNewEpoch("item")).isFalse();
    records.add(reset(0, "epoch", 0));
    records.add(record(0, 1, 10, 5));
    assertThat(records.hasNewEpoch("item")).isTrue();
    log(1, 3, 5);
    records.compared(0);
    assertThat(records.defects()).isEmpty();
  }

  @Test
  void aResetForRetentionIsFound() {
    records.add(reset(0, "retention", 0));
    assertOneDefect("unexpected reset");
  }
}
