package dev.orderwire.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTest {
  private static final Row ROW = row("id", "1", "status", "\"new\"", "note", "null");

  @Test
  void aRowIsCutInTheOrderThatIsAskedFor() {
    Row cut = ROW.only(List.of("status", "missing", "id"));
    assertThat(cut.cells()).containsExactly(Map.entry("status", "\"new\""), Map.entry("id", "1"));
    assertThat(ROW.only(List.of()).isEmpty()).isTrue();
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
  void aRowStaysAsItWasMade() {
    Map<String, String> cells = new LinkedHashMap<>(Map.of("id", "1"));
    Row row = new Row(cells);
    cells.put("id", "2");
    assertThat(row.json("id")).isEqualTo("1");
    assertThat(row.json("missing")).isNull();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> row.cells().put("id", "3"));
  }

  @Test
  void aChangeHasTheRowsThatItsOpSays() {
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
    return new Row(byColumn);
  }
}
