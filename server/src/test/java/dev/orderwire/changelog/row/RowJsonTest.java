package dev.orderwire.changelog.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.orderwire.change.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowJsonTest {
  @Test
  void cellsKeepTheTextOfMysql() {
    String json =
        "{\"id\": 18446744073709551615, \"a\\\"b\": \"x\\u0041\\n\", \"doc\": {\"k\": [1, {\"z\": 1.10}]},"
            + " \"none\": null, \"list\": [], \"real\": -1.5e-300, \"yes\": true}";

    assertThat(new RowJson(List.of()).parse(json).cells())
        .containsExactly(
            entry("id", "18446744073709551615"),
            entry("a\"b", "\"x\\u0041\\n\""),
            entry("doc", "{\"k\": [1, {\"z\": 1.10}]}"),
            entry("none", "null"),
            entry("list", "[]"),
            entry("real", "-1.5e-300"),
            entry("yes", "true"));
  }

  @Test
  void cellsHaveTheOrderOfTheTableAndUnknownOnesFollow() {
    assertThat(
            new RowJson(List.of("id", "gone", "b"))
                .parse("{\"b\": 1, \"id\": 2, \"new\": 3}")
                .cells())
        .containsExactly(entry("id", "2"), entry("b", "1"), entry("new", "3"));
  }

  @Test
  void aRowLargerThanTheParsersBufferIsSplitCorrectly() {
    String large = "\"" + "é\\\"x".repeat(100_000) + "\"";

    assertThat(
            new RowJson(List.of())
                .parse("{\"a\": 1, \"t\": " + large + ", \"z\": [" + large + "]}")
                .cells())
        .containsEntry("t", large)
        .containsEntry("z", "[" + large + "]");
  }

  @Test
  void aDocumentOfMysqlsGreatestDepthIsParsed() {
    String deep = "[".repeat(99) + "]".repeat(99);

    assertThat(new RowJson(List.of()).parse("{\"d\": " + deep + "}").json("d")).isEqualTo(deep);
  }

  @Test
  void theErrorForAnInvalidRowQuotesIt() {
    assertThatThrownBy(() -> new RowJson(List.of()).parse("[1]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1]");
  }

  @Test
  void equalTextsOfRecentRowsAreTheSameObject() {
    RowJson rows = new RowJson(List.of("id", "status", "note"));
    Row one = rows.parse("{\"id\": 1, \"note\": null, \"status\": \"pending\"}");
    Row other = rows.parse("{\"id\": 2, \"note\": null, \"status\": \"pending\"}");
    assertThat(other.json("status")).isSameAs(one.json("status")).isEqualTo("\"pending\"");
    assertThat(other.json("note")).isSameAs(one.json("note")).isEqualTo("null");
    assertThat(other.json("id")).isEqualTo("2");
    // Many texts with equal prefixes, and colliding hashes, stay distinct.
    for (int id = 0; id < 10_000; id++) {
      String note = "\"%s\"".formatted("x".repeat(id % 80) + id);
      Row row = rows.parse("{\"id\": %d, \"note\": %s, \"status\": \"\"}".formatted(id, note));
      assertThat(row.json("id")).isEqualTo(String.valueOf(id));
      assertThat(row.json("note")).isEqualTo(note);
    }
  }
}
