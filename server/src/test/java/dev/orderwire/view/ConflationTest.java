package dev.orderwire.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Row;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConflationTest {
  private final Conflation conflation = new Conflation();

  private static Row row(String status, String amount) {
    return Row.of(Map.of("id", "1", "status", status, "amount", amount));
  }

  private static ViewChange change(long id, Op op, @Nullable Row row, @Nullable Row old) {
    Key key = new Key(Row.of(Map.of("id", "1")));
    return new ViewChange(id, op, key, row, old, false, Instant.ofEpochSecond(id), "me");
  }

  private List<ViewChange> joined(ViewChange... changes) {
    List.of(changes).forEach(conflation::add);
    return List.copyOf(conflation.changes());
  }

  private static ViewChange insert(long id, Row row) {
    return change(id, Op.INSERT, row, null);
  }

  private static ViewChange update(long id, Row before, Row after) {
    return change(id, Op.UPDATE, after, before.differingFrom(after));
  }

  private static ViewChange delete(long id, Row row) {
    return change(id, Op.DELETE, null, row);
  }

  @Test
  void updatesBecomeOneFromTheFirstToTheLast() {
    Row first = row("1", "1");
    Row last = row("3", "2");
    assertThat(joined(update(5, first, row("2", "1")), update(6, row("2", "1"), last)))
        .containsExactly(change(6, Op.UPDATE, last, first.differingFrom(last)));
  }

  @Test
  void aColumnThatChangedBackIsLeftOut() {
    Row last = row("1", "2");
    assertThat(
            joined(
                update(5, row("1", "1"), row("2", "1")),
                update(6, row("2", "1"), row("2", "2")),
                update(7, row("2", "2"), last)))
        .containsExactly(change(7, Op.UPDATE, last, Row.of(Map.of("amount", "1"))));
  }

  @Test
  void changesThatCancelOutDisappear() {
    assertThat(
            joined(
                update(5, row("1", "1"), row("2", "1")), update(6, row("2", "1"), row("1", "1"))))
        .isEmpty();
  }

  @Test
  void anInsertAndAnUpdateAreAnInsertAndADeleteCancelsIt() {
    assertThat(joined(insert(5, row("1", "1")), update(6, row("1", "1"), row("2", "1"))))
        .containsExactly(insert(6, row("2", "1")));
    assertThat(joined(delete(7, row("2", "1")))).isEmpty();
  }

  @Test
  void anUpdateAndADeleteAreADeleteOfTheFirstRow() {
    assertThat(joined(update(5, row("1", "1"), row("2", "1")), delete(6, row("2", "1"))))
        .containsExactly(delete(6, row("1", "1")));
  }

  @Test
  void aDeleteAndAnInsertAreAnUpdateOrNothing() {
    assertThat(joined(delete(5, row("1", "1")), insert(6, row("2", "1"))))
        .containsExactly(update(6, row("1", "1"), row("2", "1")));
    assertThat(joined(delete(7, row("2", "1")), insert(8, row("1", "1")))).isEmpty();
  }
}
