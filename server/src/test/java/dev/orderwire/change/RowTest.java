package dev.orderwire.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowTest {
  private static final Row ROW = row("id", "1", "status", "\"new\"", "note", "null");

  @Test
  void aRowIsCutInTheRequestedOrder() {
    Row cut = ROW.only(ColumnNames.of(List.of("status", "missing", "id")), null);
    assertThat(cut.cells()).containsExactly(Map.entry("status", "\"new\""), Map.entry("id", "1"));
    assertThat(ROW.only(ColumnNames.of(List.of()), null).isEmpty()).isTrue();
  }

  @Test
  void rowsDifferInTheCellsWhoseTextDiffers() {
    assertThat(ROW.differingFrom(row("id", "1", "status", "\"old\"", "note", "null")))
        .isEqualTo(row("status", "\"new\""));
    assertThat(ROW.differingFrom(row("id", "1", "status", "\"new\"")))
        .isEqualTo(row("note", "null"));
    assertThat(ROW.differingFrom(ROW).isEmpty()).isTrue();
  }

  @Test
  void rowsWithTheSameCellsAreEqual() {
    ColumnNames names = ColumnNames.of(List.of("note", "more", "status", "id"));
    List<@Nullable String> texts = new ArrayList<>(List.of("null", "", "\"new\"", "1"));
    texts.set(1, null);
    Row same = Row.of(names, texts);
    assertThat(same).isEqualTo(ROW).hasSameHashCodeAs(ROW);
    assertThat(same.cells()).containsOnlyKeys("note", "status", "id");
    assertThat(same.size()).isEqualTo(3);
    assertThat(same.length()).isEqualTo(ROW.length()).isEqualTo(10);
    assertThat(same.json("more")).isNull();
    assertThat(same.differingFrom(ROW).isEmpty()).isTrue();
    assertThat(same.only(names, "0").json("more")).isEqualTo("0");
    assertThat(same).isNotEqualTo(same.only(names, "0"));
    assertThatIllegalArgumentException().isThrownBy(() -> Row.of(names, List.of("1")));
    assertThatIllegalArgumentException().isThrownBy(() -> ColumnNames.of(List.of("id", "id")));
  }

  @Test
  void aRowStaysAsItWasMade() {
    Map<String, String> cells = new LinkedHashMap<>(Map.of("id", "1"));
    Row row = Row.of(cells);
    cells.put("id", "2");
    assertThat(row.json("id")).isEqualTo("1");
    assertThat(row.json("missing")).isNull();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> row.cells().put("id", "3"));
  }

  @Test
  void aChangeMustHaveTheRowsOfItsOp() {
    Key key = new Key(row("id", "1"));
    Instant at = Instant.EPOCH;
    for (Op op : Op.values()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Change(1, "t", op, key, null, null, at, "app"));
      assertThat(Op.of(op.text())).isEqualTo(op);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Change(1, "t", Op.INSERT, key, ROW, ROW, at, "app"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Change(1, "t", Op.DELETE, key, ROW, ROW, at, "app"));
    assertThatIllegalArgumentException().isThrownBy(() -> new Key(row()));
    assertThatIllegalArgumentException().isThrownBy(() -> Op.of("INSERT"));
  }

  private static Row row(String... cells) {
    Map<String, String> byColumn = new LinkedHashMap<>();
    for (int i = 0; i < cells.length; i += 2) {
      byColumn.put(cells[i], cells[i + 1]);
    }
    return Row.of(byColumn);
  }
}
