package dev.orderwire.changelog.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.Column;
import dev.orderwire.change.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeJsonTest {
  @Test
  void aTableSurvivesTheRoundTrip() {
    Table table =
        new Table(
            "line item",
            List.of(
                new Column("n\"ö", "varchar(9)", "varchar", "latin1"),
                new Column("id", "bigint unsigned", "bigint"),
                new Column("e", "enum('a','it''s')", "enum", "utf8mb4")),
            List.of("id", "n\"ö"));
    assertThat(ShapeJson.table("line item", ShapeJson.json(table).toString())).isEqualTo(table);
  }

  @Test
  void invalidJsonIsRefused() {
    assertThatThrownBy(() -> ShapeJson.table("t", "{"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
