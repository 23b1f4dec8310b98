package dev.orderwire.view;

import static dev.orderwire.view.Tables.ORDERS;
import static dev.orderwire.view.Tables.row;
import static dev.orderwire.view.Tables.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewIndexTest {
  private final ViewIndex<View> index = new ViewIndex<>();

  private View add(String where) {
    View view = view(ORDERS, where.replace('\'', '"'), null);
    index.add(view, view);
    return view;
  }

  private List<View> found(@Nullable Row before, @Nullable Row after) {
    Op op = before == null ? Op.INSERT : after == null ? Op.DELETE : Op.UPDATE;
    Key key = new Key(row("id", "1"));
    List<View> found = new ArrayList<>();
    index.find(new Change(1, "orders", op, key, before, after, Instant.EPOCH, "me"), found::add);
    return found;
  }

  private static Row order(int id, String status) {
    return row("id", String.valueOf(id), "status", '"' + status + '"');
  }

  @Test
  void aChangeFindsOnlyTheViewsOfItsValues() {
    View one = add("{'id':1}");
    View some = add("{'id':{'in':[1,2]},'status':'pending'}");
    add("{'id':3}");
    assertThat(found(null, order(1, "pending"))).containsExactlyInAnyOrder(one, some);
    assertThat(found(order(2, "pending"), null)).containsExactly(some);
    assertThat(found(null, order(4, "pending"))).isEmpty();
  }

  @Test
  void anUpdateFindsTheViewsOfBothItsValuesOnce() {
    View from = add("{'status':'a'}");
    View to = add("{'status':'b'}");
    View both = add("{'status':{'in':['a','b']}}");
    assertThat(found(order(1, "a"), order(1, "b"))).containsExactlyInAnyOrder(from, to, both);
  }

  @Test
  void everyChangeFindsTheViewsWithoutIndexedValues() {
    View all = add("{}");
    View below = add("{'amount':{'lt':'1'}}");
    View not = add("{'not':{'id':1}}");
    View or = add("{'or':[{'id':1},{'status':'a'}]}");
    assertThat(found(null, order(9, "z"))).containsExactlyInAnyOrder(all, below, not, or);
  }

  @Test
  void removedWatchersAreNotFound() {
    View here = view(ORDERS, "{\"id\":1}", null);
    View left = view(ORDERS, "{\"id\":1}", List.of("id"));
    View every = view(ORDERS, null, null);
    List.of(here, left, every).forEach(view -> index.add(view, view));
    index.remove(left, left);
    index.remove(every, every);
    assertThat(found(null, order(1, "a"))).containsExactly(here);
    List<View> all = new ArrayList<>();
    index.all("orders", all::add);
    assertThat(all).containsExactly(here);
  }

  /** In another shape of the table, the same column may have values of another type. */
  @Test
  void aViewOfAnotherShapeIsFoundByItsOwnValues() {
    var altered = Tables.table("orders", "id", "varchar(20)", "status", "varchar(20)");
    View text = view(altered, "{\"id\":\"01\"}", null);
    index.add(text, text);
    View number = add("{'id':1}");
    assertThat(found(null, row("id", "\"01\"", "status", "\"a\""))).contains(text);
    assertThat(found(null, order(1, "a"))).containsExactly(number);
  }

  private static List<RandomWhere.Both> values(String... sql) {
    return Stream.of(sql)
        .map(value -> new RandomWhere.Both(value.replace('\'', '"'), value))
        .toList();
  }

  /** Compares the index with asking every view. */
  @Test
  void noViewThatSeesAChangeIsMissed() {
    Random random = new Random(4);
    List<Subject> subjects =
        List.of(
            new Subject("id", "bigint unsigned", "`id`", true, values("1", "2", "3")),
            new Subject("status", "varchar(20)", "`status`", true, values("'a'", "'b'", "'é'")));
    RandomWhere wheres = new RandomWhere(random, subjects);
    List<View> views = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      views.add(add(wheres.next().json()));
    }
    String[] statuses = {"a", "b", "é", "none"};
    int seen = 0;
    for (int i = 0; i < 200; i++) {
      Row before =
          random.nextInt(3) == 0 ? null : order(random.nextInt(5), statuses[random.nextInt(4)]);
      Row after =
          before != null && random.nextInt(3) == 0
              ? null
              : order(random.nextInt(5), statuses[random.nextInt(4)]);
      List<View> found = found(before, after);
      assertThat(found).doesNotHaveDuplicates();
      for (View view : views) {
        Op op = before == null ? Op.INSERT : after == null ? Op.DELETE : Op.UPDATE;
        Key key = new Key(row("id", "1"));
        var change = new Change(1, "orders", op, key, before, after, Instant.EPOCH, "me");
        if (view.see(change).isPresent()) {
          seen++;
          assertThat(found).contains(view);
        }
      }
    }
    assertThat(seen).isGreaterThan(1_000);
  }
}
