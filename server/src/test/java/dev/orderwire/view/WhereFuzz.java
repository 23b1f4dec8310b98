package dev.orderwire.view;

import static dev.orderwire.view.Tables.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.fuzz.Parsing;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.mysql.sql.SqlCondition;
import dev.orderwire.mysql.sql.SqlPrefilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Conditions, as JSON: one, or two on two lines. The normal form says all: the condition can be
 * read from it again. A client with a policy never sees a row that its policy hides.
 */
public final class WhereFuzz {
  private static final Table TABLE =
      Tables.table(
          "t",
          "id",
          "bigint unsigned",
          "s",
          "varchar(20)",
          "d",
          "decimal(10,2)",
          "f",
          "float",
          "g",
          "double",
          "flag",
          "tinyint(1)",
          "da",
          "date",
          "dt",
          "datetime(6)",
          "ts",
          "timestamp(6)",
          "ti",
          "time(6)",
          "bytes",
          "varbinary(9)",
          "doc",
          "json",
          "a\" in [1], \"b",
          "varchar(20)",
          "and",
          "int");

  private static final List<Row> ROWS =
      List.of(
          row("id", "1", "s", "\"a\"", "d", "\"1.50\"", "f", "0.1", "g", "1e300", "flag", "1"),
          row("id", "2", "s", "null", "da", "\"2026-11-22\"", "ti", "\"-10:00:00.5\""),
          row("id", "3", "dt", "\"2026-11-22T10:00:00\"", "ts", "\"2026-11-22T10:00:00Z\""),
          row(
              "id",
              "4",
              "bytes",
              "\"AAE=\"",
              "doc",
              "{\"a\":[1,2.0]}",
              "a\" in [1], \"b",
              "\"x\""));

  private static final Scope OWN =
      new Scope(
          "customer",
          "customer",
          "tag",
          JsonMapper.shared().readTree("{\"id\": 2}"),
          null,
          Map.of(),
          false,
          new NoCover(),
          Membership.NONE);

  private WhereFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    List<String> lines = List.of(new String(input, StandardCharsets.UTF_8).split("\n", 2));
    read(lines.getFirst());
    if (lines.size() == 2) {
      difference(lines.getFirst(), lines.getLast());
    }
  }

  private static void read(String text) {
    JsonNode json = Parsing.accepted(() -> Json.read("where", text));
    Where where = json == null ? null : Parsing.accepted(() -> WhereParser.parse(TABLE, json));
    if (json == null || where == null) {
      return;
    }
    Where again = new NormalForm(where.toString(), TABLE).read();
    assertThat(again).isEqualTo(where);
    assertThat(WhereParser.parse(TABLE, Json.read("where", json.toString()))).isEqualTo(where);
    SqlCondition prefilter = SqlPrefilter.of(where.prefilter());
    assertThat(prefilter.sql().chars().filter(c -> c == '?').count())
        .isEqualTo(prefilter.parameters().size());
    View own = Parsing.accepted(() -> View.of(TABLE, OWN, json, null));
    for (Row row : ROWS) {
      assertThat(where.test(row)).isEqualTo(again.test(row));
      if (own != null && own.matches(row)) {
        assertThat(row.json("id")).isEqualTo("2");
      }
    }
  }

  /** What a change of rights asks for: no row may be missing that only one of two shows. */
  private static void difference(String one, String other) {
    Where first = Parsing.accepted(() -> WhereParser.parse(TABLE, Json.read("where", one)));
    Where second = Parsing.accepted(() -> WhereParser.parse(TABLE, Json.read("where", other)));
    if (first == null || second == null) {
      return;
    }
    Where either = Where.either(first, second);
    for (Row row : ROWS) {
      if ((first.test(row) == Truth.TRUE) != (second.test(row) == Truth.TRUE)) {
        assertThat(either.test(row))
            .as("%s of %s and %s", row, first, second)
            .isEqualTo(Truth.TRUE);
      }
    }
  }
}
