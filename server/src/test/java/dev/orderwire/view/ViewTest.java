package dev.orderwire.view;

import static dev.orderwire.view.Tables.ORDERS;
import static dev.orderwire.view.Tables.row;
import static dev.orderwire.view.Tables.table;
import static dev.orderwire.view.Tables.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;

class ViewTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00.123456Z");
  private static final Row PENDING = order("\"pending\"", "\"1.00\"");
  private static final Row PENDING_DEARER = order("\"pending\"", "\"2.00\"");
  private static final Row SHIPPED = order("\"shipped\"", "\"1.00\"");
  private static final Row SHIPPED_DEARER = order("\"shipped\"", "\"2.00\"");

  private final View all = view(ORDERS, null, null);
  private final View pending = view(ORDERS, "{\"status\":\"pending\"}", List.of("id", "status"));

  @Test
  void aRowThatMatchesBeforeAndAfterKeepsItsOp() {
    assertThat(all.see(change(Op.INSERT, null, PENDING)))
        .contains(seen(Op.INSERT, all.cut(PENDING), null));
    assertThat(all.see(change(Op.UPDATE, PENDING, SHIPPED_DEARER)))
        .contains(
            seen(
                Op.UPDATE,
                all.cut(SHIPPED_DEARER),
                row("status", "\"pending\"", "amount", "\"1.00\"")));
    assertThat(all.see(change(Op.DELETE, SHIPPED, null)))
        .contains(seen(Op.DELETE, null, all.cut(SHIPPED)));
  }

  @Test
  void aRowThatComesToMatchIsAnInsert() {
    assertThat(pending.see(change(Op.UPDATE, SHIPPED, PENDING)))
        .contains(seen(Op.INSERT, row("id", "1", "status", "\"pending\""), null));
    assertThat(pending.see(change(Op.INSERT, null, PENDING)))
        .contains(seen(Op.INSERT, row("id", "1", "status", "\"pending\""), null));
  }

  @Test
  void aRowThatStopsMatchingIsADelete() {
    assertThat(pending.see(change(Op.UPDATE, PENDING, SHIPPED)))
        .contains(seen(Op.DELETE, null, row("id", "1", "status", "\"pending\"")));
    assertThat(pending.see(change(Op.DELETE, PENDING, null)))
        .contains(seen(Op.DELETE, null, row("id", "1", "status", "\"pending\"")));
  }

  @Test
  void aRowThatNeverMatchesIsNotSeen() {
    assertThat(pending.see(change(Op.INSERT, null, SHIPPED))).isEmpty();
    assertThat(pending.see(change(Op.UPDATE, SHIPPED, SHIPPED_DEARER))).isEmpty();
    assertThat(pending.see(change(Op.DELETE, SHIPPED, null))).isEmpty();
  }

  @Test
  void anUpdateOfOtherColumnsIsNotSeen() {
    assertThat(pending.see(change(Op.UPDATE, PENDING, PENDING_DEARER))).isEmpty();
    assertThat(view(ORDERS, null, List.of()).see(change(Op.UPDATE, PENDING, SHIPPED))).isEmpty();
  }

  /** A condition may look at columns that the view does not show. */
  @Test
  void columnsThatAreNotShownDecideToo() {
    View cheap = view(ORDERS, "{\"amount\":{\"lt\":\"1.50\"}}", List.of("status"));
    assertThat(cheap.see(change(Op.UPDATE, PENDING_DEARER, PENDING)))
        .contains(seen(Op.INSERT, row("status", "\"pending\""), null));
    assertThat(cheap.see(change(Op.UPDATE, PENDING, PENDING_DEARER)))
        .contains(seen(Op.DELETE, null, row("status", "\"pending\"")));
    assertThat(cheap.see(change(Op.UPDATE, PENDING, SHIPPED)))
        .contains(seen(Op.UPDATE, row("status", "\"shipped\""), row("status", "\"pending\"")));
  }

  @Test
  void aRowWhoseConditionIsUnknownDoesNotMatch() {
    View dear = view(ORDERS, "{\"not\":{\"amount\":{\"lt\":5}}}", null);
    assertThat(dear.matches(order("\"pending\"", "null"))).isFalse();
    assertThat(dear.matches(order("\"pending\"", "\"5.00\""))).isTrue();
    assertThat(dear.see(change(Op.UPDATE, order("\"x\"", "\"9.00\""), order("\"x\"", "null"))))
        .map(ViewChange::op)
        .contains(Op.DELETE);
  }

  @Test
  void aChangeOfAnotherTableIsNotSeen() {
    Change other =
        new Change(9, "customers", Op.INSERT, new Key(row("id", "1")), null, PENDING, AT, "app");
    assertThat(all.see(other)).isEmpty();
  }

  @Test
  void aRowIsCutToTheColumnsInTheTablesOrder() {
    View view = view(ORDERS, null, List.of("amount", "id", "amount"));
    assertThat(view.columns()).extracting(Column::name).containsExactly("id", "amount");
    assertThat(view.cut(PENDING).cells().keySet()).containsExactly("id", "amount");
    assertThat(all.columns()).isEqualTo(ORDERS.columns());
  }

  /** The row is from before a column was added, or another one was dropped. */
  @Test
  void aColumnThatARowDoesNotCarryIsNull() {
    Row old = row("id", "1", "dropped", "true");
    Row now = row("id", "1", "status", "\"new\"");
    View view = view(ORDERS, "{\"note\":null}", List.of("id", "status"));
    assertThat(view.cut(old)).isEqualTo(row("id", "1", "status", "null"));
    assertThat(view.matches(old)).isTrue();
    assertThat(pending.matches(old)).isFalse();
    assertThat(view.see(change(Op.UPDATE, old, now)))
        .contains(seen(Op.UPDATE, row("id", "1", "status", "\"new\""), row("status", "null")));
    assertThat(view.see(change(Op.UPDATE, now, old)))
        .contains(seen(Op.UPDATE, row("id", "1", "status", "null"), row("status", "\"new\"")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"id":1}                      | {"id":{"eq":"1.0"}}
          {"id":1}                      | {"id":{"in":[1,1.0,"1"]}}
          {"id":1}                      | {"and":[{"or":[{"id":1}]},{}]}
          {"id":1}                      | {"not":{"id":{"ne":1}}}
          {"id":{"ne":1}}               | {"id":{"nin":[1]}}
          {"id":{"gt":1}}               | {"not":{"id":{"lte":1}}}
          {"id":{"in":[1,2]}}           | {"id":{"in":[2,1]}}
          {"id":1,"status":"a"}         | {"status":"a","id":1}
          {"id":1,"status":"a"}         | {"and":[{"status":"a"},{"and":[{"id":1},{"id":1}]}]}
          {"or":[{"id":1},{"id":2}]}    | {"or":[{"id":2},{"or":[{"id":1},{"id":2}]}]}
          {"id":{"gt":1,"lt":3}}        | {"id":{"lt":3,"gt":1}}
          {"note":null}                 | {"note":{"null":true}}
          {"note":null}                 | {"note":{"eq":null}}
          {"note":{"ne":null}}          | {"note":{"null":false}}
          {"status":"é"}                | {"status":"\\u00e9"}
          {"amount":"10.00"}            | {"amount":1E+1}
          {"amount":0}                  | {"amount":"-0.00"}
          {"paid":true}                 | {"paid":1}
          {"doc":{"eq":{"a":1,"b":2}}}  | {"doc":{"eq":{"b":2.0,"a":1}}}
          {}                            | null
          {}                            | {"and":[]}
          """)
  void equivalentSubscriptionsAreOneView(String one, String other) {
    View view = view(ORDERS, one, List.of("id", "status"));
    View same = view(ORDERS, other, List.of("status", "id", "status"));
    assertThat(same).hasToString(view.toString()).isEqualTo(view).hasSameHashCodeAs(view);
    assertThat(same.id()).isEqualTo(view.id());
  }

  @Test
  void noWhereIsTheSameAsNull() {
    assertThat(View.of(ORDERS, null, null)).isEqualTo(all);
    assertThat(
            View.of(ORDERS, JsonNodeFactory.instance.objectNode().put("status", "pending"), null))
        .isEqualTo(view(ORDERS, "{\"status\":\"pending\"}", null));
  }

  /** A view of all columns gets new ones; a view of named columns keeps those. */
  @Test
  void aRenewedViewKeepsItsIdAndSeesTheNewShape() {
    Table altered =
        table("orders", "status", "varchar(40)", "id", "bigint unsigned", "added", "int");
    View named = view(ORDERS, "{\"status\":\"pending\"}", List.of("status", "id"));
    for (View view : List.of(all, named)) {
      View renewed = view.renewed(altered);
      assertThat(renewed.id()).isEqualTo(view.id());
      assertThat(renewed).isNotEqualTo(view);
      assertThat(renewed.table()).isEqualTo(altered);
      assertThat(renewed.renewed(ORDERS)).isEqualTo(view);
    }
    assertThat(all.renewed(altered).columns()).isEqualTo(altered.columns());
    assertThat(named.renewed(altered).columns())
        .extracting(Column::name)
        .containsExactly("status", "id");
    assertThat(named.renewed(altered).columns().getFirst().type()).isEqualTo("varchar(40)");
    assertThat(view(altered, null, null).id()).isEqualTo(all.id());
  }

  /** The same normal form matches other rows if the column has another type. */
  @Test
  void viewsOfDifferentShapesAreNeverShared() {
    Table text = table("orders", "id", "bigint unsigned", "status", "varchar(20)");
    Table flag = table("orders", "id", "varchar(20)", "status", "varchar(20)");
    List<String> columns = List.of("status");
    String where = "{\"status\":\"a\"}";
    assertThat(view(text, where, columns)).isNotEqualTo(view(flag, where, columns));
    assertThat(view(text, where, columns).id()).isEqualTo(view(flag, where, columns).id());
  }

  @Test
  void aViewThatDoesNotFitTheNewShapeCannotBeRenewed() {
    Table without = table("orders", "id", "bigint unsigned", "note", "text");
    Table numbers = table("orders", "id", "bigint unsigned", "status", "int");
    View byStatus = view(ORDERS, "{\"status\":\"pending\"}", List.of("id"));
    assertThatExceptionOfType(OrderwireException.class)
        .isThrownBy(() -> byStatus.renewed(without))
        .satisfies(e -> assertThat(e.code().text()).isEqualTo("unknown_column"));
    assertThatExceptionOfType(OrderwireException.class)
        .isThrownBy(() -> byStatus.renewed(numbers))
        .satisfies(e -> assertThat(e.code().text()).isEqualTo("wrong_type"));
    assertThatExceptionOfType(OrderwireException.class)
        .isThrownBy(() -> view(ORDERS, null, List.of("id", "status")).renewed(without))
        .satisfies(e -> assertThat(e.code().text()).isEqualTo("unknown_column"));
  }

  @Test
  void differentSubscriptionsAreDifferentViews() {
    Table textIds = table("orders", "id", "varchar(20)", "status", "varchar(20)");
    Table others = table("others", "id", "bigint unsigned", "status", "varchar(20)");
    List<String> columns = List.of("id", "status");
    List<View> views =
        List.of(
            all,
            pending,
            view(ORDERS, null, columns),
            view(others, null, columns),
            view(ORDERS, null, ORDERS.columnNames()),
            view(ORDERS, "{\"status\":\"pending\"}", List.of("id")),
            view(ORDERS, "{\"status\":\"Pending\"}", columns),
            view(ORDERS, "{\"note\":\"pending\"}", columns),
            view(ORDERS, "{\"id\":1}", columns),
            view(textIds, "{\"id\":\"1\"}", columns),
            view(ORDERS, "{\"id\":{\"lt\":1}}", columns),
            view(ORDERS, "{\"id\":{\"lte\":1}}", columns),
            view(ORDERS, "{\"id\":{\"gt\":1}}", columns),
            view(ORDERS, "{\"id\":{\"ne\":1}}", columns),
            view(ORDERS, "{\"id\":{\"null\":true}}", columns),
            view(ORDERS, "{\"id\":{\"in\":[]}}", columns),
            view(ORDERS, "{\"status\":{\"in\":[\"a\",\"b\"]}}", columns),
            view(ORDERS, "{\"status\":\"a\\\", \\\"b\"}", columns),
            view(ORDERS, "{\"status\":\"a\\\\\\\", \\\\\\\"b\"}", columns),
            view(ORDERS, "{\"or\":[]}", columns),
            view(ORDERS, "{\"or\":[{\"id\":1},{\"id\":2}]}", columns),
            view(ORDERS, "{\"and\":[{\"id\":1},{\"id\":2}]}", columns));
    assertThat(views).doesNotHaveDuplicates();
    assertThat(views).extracting(View::id).doesNotHaveDuplicates();
    assertThat(views).extracting(View::id).allMatch(id -> id.matches("[A-Za-z0-9_-]{16}"));
  }

  /** Clients and servers of other versions know a view by its id. */
  @Test
  void theIdOfAViewIsStableAcrossVersions() {
    assertThat(pending)
        .hasToString("\"orders\" where \"status\" in [\"pending\"]: \"id\", \"status\"");
    assertThat(pending.id()).isEqualTo("CS6GPKDPtnB3KF5o");
  }

  @Test
  void anUnknownColumnIsRefused() {
    assertThatExceptionOfType(OrderwireException.class)
        .isThrownBy(() -> view(ORDERS, null, List.of("id", "staus")))
        .withMessageContaining("\"staus\"")
        .withMessageContaining("\"status\"")
        .satisfies(e -> assertThat(e.code().text()).isEqualTo("unknown_column"));
  }

  /** It would be encoded as a question mark, and the view would have another view's id. */
  @Test
  void halfASurrogatePairIsRefused() {
    for (String where : List.of("{\"status\":\"\\ud83d\"}", "{\"doc\":{\"eq\":[\"\\ude00\"]}}")) {
      assertThatExceptionOfType(OrderwireException.class)
          .isThrownBy(() -> view(ORDERS, where, null))
          .satisfies(e -> assertThat(e.code().text()).isEqualTo("bad_where"));
    }
  }

  @Test
  void aViewChangeMustHaveTheRowsOfItsOp() {
    Key key = new Key(row("id", "1"));
    for (Op op : Op.values()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ViewChange(1, op, key, null, null, false, AT, "app"));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ViewChange(1, Op.INSERT, key, PENDING, PENDING, false, AT, "app"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ViewChange(1, Op.DELETE, key, PENDING, PENDING, false, AT, "app"));
  }

  private static Row order(String status, String amount) {
    return row(
        "id", "1", "status", status, "amount", amount, "note", "null", "paid", "0", "doc", "{}");
  }

  private static Change change(Op op, @Nullable Row before, @Nullable Row after) {
    return new Change(9, "orders", op, new Key(row("id", "1")), before, after, AT, "app");
  }

  private static ViewChange seen(Op op, @Nullable Row row, @Nullable Row old) {
    return new ViewChange(9, op, new Key(row("id", "1")), row, old, false, AT, "app");
  }
}
