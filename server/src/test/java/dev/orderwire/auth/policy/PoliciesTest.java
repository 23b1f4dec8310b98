package dev.orderwire.auth.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import dev.orderwire.view.ViewChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PoliciesTest {
  private static final Seal SEAL = new Seal(new byte[32]);

  private static final Table ORDERS =
      new Table(
          "orders",
          List.of(
              new Column("id", "int", "int"),
              new Column("customer_id", "int", "int"),
              new Column("owner", "varchar(40)", "varchar", "utf8mb4"),
              new Column("status", "varchar(20)", "varchar", "utf8mb4"),
              new Column("email", "varchar(80)", "varchar", "utf8mb4")),
          List.of("id"));

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private static Policies policies(String policy) {
    List<String> problems = new ArrayList<>();
    Policies read = Policies.read(json("{'orders': {'customer': " + policy + "}}"), SEAL, problems);
    assertThat(problems).isEmpty();
    assertThat(read.misfits(List.of(ORDERS))).isEmpty();
    return read;
  }

  private static Map<String, JsonNode> claims(String json) {
    Map<String, JsonNode> claims = new HashMap<>();
    json(json).forEachEntry(claims::put);
    return claims;
  }

  private static View view(String policy, String claims) {
    Scope scope = policies(policy).access("customer", claims(claims)).scope("orders").orElseThrow();
    return View.of(ORDERS, scope, null, null);
  }

  private static Row order(int id, int customer, String status) {
    return Row.of(
        Map.of(
            "id",
            "" + id,
            "customer_id",
            "" + customer,
            "owner",
            "\"" + customer + "\"",
            "status",
            "\"" + status + "\"",
            "email",
            "\"a" + customer + "@shop.example\""));
  }

  private static Optional<ViewChange> see(View view, @Nullable Row before, @Nullable Row after) {
    Op op = before == null ? Op.INSERT : after == null ? Op.DELETE : Op.UPDATE;
    Row row = Objects.requireNonNull(after == null ? before : after);
    Key key = new Key(Row.of(Map.of("id", String.valueOf(row.json("id")))));
    return view.see(new Change(1, "orders", op, key, before, after, Instant.EPOCH, "app"));
  }

  /** Each line is a claim, and whether it selects the row of customer 7. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'sub': '7'} | true",
        "{'sub': 7} | true",
        "{'sub': '7.0'} | true",
        "{'sub': '8'} | false",
        "{'sub': ''} | false",
        "{'sub': null} | false",
        "{} | false",
        "{'other': '7'} | false",
        "{'sub': ['7']} | false",
        "{'sub': {'in': ['7']}} | false",
        "{'sub': {'ne': '0'}} | false",
        "{'sub': true} | false",
        "{'sub': 'x'} | false",
        "{'sub': '7 or 1=1'} | false",
      })
  void onlyAClaimThatIsTheValueSelectsItsRows(String claims, boolean visible) {
    View view = view("{'rows': {'customer_id': '${claims.sub}'}}", claims);
    assertThat(view.matches(order(1, 7, "new"))).isEqualTo(visible);
    assertThat(view.matches(order(2, 8, "new"))).isEqualTo(claims.contains("'8'"));
  }

  /** Whatever stands around it: a missing claim means no rows. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'not': {'customer_id': '${claims.sub}'}}",
        "{'or': [{'customer_id': '${claims.sub}'}, {'status': 'new'}]}",
        "{'customer_id': {'ne': '${claims.sub}'}}",
        "{'customer_id': {'nin': '${claims.sub}'}}",
        "{'customer_id': {'nin': ['${claims.sub}']}}",
        "{'customer_id': {'in': '${claims.sub}'}}",
        "{'customer_id': {'gte': '${claims.sub}'}}",
      })
  void aMissingClaimMeansNoRows(String rows) {
    for (String claims : List.of("{}", "{'sub': null}", "{'sub': {}}", "{'sub': [[]]}")) {
      View view = view("{'rows': " + rows + "}", claims);
      assertThat(view.matches(order(1, 7, "new"))).as(claims).isFalse();
    }
  }

  @Test
  void aListOfValuesSelectsTheRowsOfAll() {
    View view = view("{'rows': {'customer_id': {'in': '${claims.of}'}}}", "{'of': [7, '9']}");
    assertThat(view.matches(order(1, 7, "new"))).isTrue();
    assertThat(view.matches(order(1, 9, "new"))).isTrue();
    assertThat(view.matches(order(1, 8, "new"))).isFalse();
  }

  @Test
  void aClaimInsideAnotherIsFoundByItsPath() {
    String policy = "{'rows': {'owner': '${claims.shop.owner}'}}";
    assertThat(view(policy, "{'shop': {'owner': '7'}}").matches(order(1, 7, "new"))).isTrue();
    assertThat(view(policy, "{'shop.owner': '7'}").matches(order(1, 7, "new"))).isFalse();
    assertThat(view(policy, "{'shop': 'owner'}").matches(order(1, 7, "new"))).isFalse();
  }

  @Test
  void aRowThatMovesToAnotherCustomerLeavesWithItsKeyAlone() {
    String policy = "{'rows': {'customer_id': '${claims.sub}'}}";
    View seven = view(policy, "{'sub': '7'}");
    View eight = view(policy, "{'sub': '8'}");
    Row before = order(1, 7, "new");
    Row after = order(1, 8, "secret");
    ViewChange gone = see(seven, before, after).orElseThrow();
    assertThat(gone.op()).isEqualTo(Op.DELETE);
    assertThat(gone.hidden()).isTrue();
    ViewChange come = see(eight, before, after).orElseThrow();
    assertThat(come.op()).isEqualTo(Op.INSERT);
    assertThat(come.old()).isNull();
    assertThat(see(view(policy, "{'sub': '9'}"), before, after)).isEmpty();
    assertThat(see(view(policy, "{}"), before, after)).isEmpty();
    ViewChange deleted = see(seven, before, null).orElseThrow();
    assertThat(deleted.hidden()).isFalse();
    assertThat(deleted.old()).isEqualTo(seven.cut(before));
    assertThat(see(eight, before, null)).isEmpty();
  }

  @Test
  void hiddenColumnsAreInNoMessage() {
    View view = view("{'rows': 'all', 'columns': ['id', 'status']}", "{}");
    assertThat(view.columns()).extracting(Column::name).containsExactly("id", "status");
    Row before = order(1, 7, "new");
    assertThat(see(view, before, order(1, 8, "new"))).as("only hidden columns changed").isEmpty();
    ViewChange change = see(view, before, order(1, 8, "paid")).orElseThrow();
    assertThat(change.row()).isEqualTo(Row.of(Map.of("id", "1", "status", "\"paid\"")));
    assertThat(change.old()).isEqualTo(Row.of(Map.of("status", "\"new\"")));
  }

  @Test
  void masksShowOnlyWhatTheyLetThrough() {
    View view = view("{'rows': 'all', 'mask': {'email': 'hash', 'owner': {'keep-last': 2}}}", "{}");
    Row seen = view.cut(order(1, 12345, "new"));
    assertThat(seen.json("owner")).isEqualTo("\"***45\"");
    assertThat(seen.json("email")).matches("\"[A-Za-z0-9_-]{22}\"");
    assertThat(seen.json("email"))
        .isEqualTo(view.cut(order(2, 12345, "new")).json("email"))
        .isNotEqualTo(view.cut(order(2, 1234, "new")).json("email"));
    assertThat(view.cut(order(1, 12, "new")).json("owner")).isEqualTo("\"***\"");
    assertThat(view.cut(Row.of(Map.of("id", "1", "email", "null"))).json("email"))
        .isEqualTo("null");
    assertThat(see(view, order(1, 345, "new"), order(1, 745, "new")).orElseThrow().old())
        .as("customer_id and email changed, and what is shown of owner did not")
        .satisfies(old -> assertThat(old.json("owner")).isNull());
  }

  @Test
  void aKeyThatMayNotBeSeenIsReplacedAlwaysInTheSameWay() {
    for (String policy :
        List.of(
            "{'rows': 'all', 'columns': ['status']}", "{'rows': 'all', 'mask': {'id': 'hash'}}")) {
      View view = view(policy, "{}");
      assertThat(view.key()).containsExactly("_key");
      ViewChange inserted = see(view, null, order(4711, 7, "new")).orElseThrow();
      ViewChange deleted = see(view, order(4711, 7, "new"), null).orElseThrow();
      assertThat(inserted.key()).isEqualTo(deleted.key());
      assertThat(inserted.key().columns().cells()).containsOnlyKeys("_key");
      assertThat(Objects.requireNonNull(inserted.row()).json("_key"))
          .isEqualTo(inserted.key().columns().json("_key"));
      assertThat(inserted.toString()).doesNotContain("4711");
      Key page = view.pageKey(order(4711, 7, "new"));
      assertThat(page.toString()).doesNotContain("4711");
      assertThat(view.keyOf(page)).contains(new Key(Row.of(Map.of("id", "4711"))));
      assertThat(view.keyOf(inserted.key())).as("it cannot be read back").isEmpty();
    }
  }

  /** Two clients share messages only if they see the same. */
  @Test
  void viewsAreEqualOnlyIfTheirScopesAre() {
    String own = "{'rows': {'owner': '${claims.a}', 'status': '${claims.b}'}}";
    List<View> different =
        List.of(
            view(own, "{'a': 'x', 'b': 'y'}"),
            view(own, "{'a': 'xy', 'b': ''}"),
            view(own, "{'a': '', 'b': 'xy'}"),
            view(own, "{'a': 'y', 'b': 'x'}"),
            view(own, "{'a': 'x'}"),
            view(own, "{'b': 'y'}"),
            view(own, "{}"),
            view("{'rows': 'all'}", "{'a': 'x', 'b': 'y'}"),
            view("{'rows': 'all', 'actor': true}", "{}"),
            view("{'rows': 'all', 'columns': ['id', 'status']}", "{}"),
            view("{'rows': 'all', 'columns': ['id', 'owner']}", "{}"),
            view("{'rows': 'all', 'mask': {'email': 'hash'}}", "{}"),
            view("{'rows': 'all', 'mask': {'email': {'keep-last': 2}}}", "{}"),
            view("{'rows': 'all', 'mask': {'email': {'keep-last': 3}}}", "{}"),
            View.of(ORDERS, null, null));
    assertThat(different).doesNotHaveDuplicates();
    assertThat(different).extracting(View::id).containsOnly(different.getFirst().id());
    assertThat(view(own, "{'a': 'x', 'b': 'y', 'c': 'z'}"))
        .as("a claim that the policy does not use")
        .isEqualTo(different.getFirst());
    assertThat(different).extracting(each -> each.scope().tag()).doesNotHaveDuplicates();
  }

  @Test
  void whatNoPolicyAllowsIsUnknown() {
    Policies policies = policies("{'rows': 'all'}");
    assertThat(policies.access("customer", Map.of()).scope("invoices")).isEmpty();
    assertThat(policies.access("staff", Map.of()).scope("orders")).isEmpty();
    assertThat(policies.access("", Map.of()).scope("orders")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | policies must be a map",
        "{'orders': []} | policies.orders must be a map",
        "{'orders': {'staff': 'all'}} | policies.orders.staff must be a map",
        "{'orders': {'staff': {}}} | must say its rows",
        "{'orders': {'staff': {'rows': {}}}} | rows must be a condition, or all",
        "{'orders': {'staff': {'rows': 'none'}}} | rows must be a condition, or all",
        "{'orders': {'staff': {'rows': 'all', 'colums': ['id']}}} | did you mean columns",
        "{'orders': {'staff': {'rows': 'all', 'columns': []}}} | must be a list of names",
        "{'orders': {'staff': {'rows': 'all', 'mask': {'email': 'md5'}}}} | must be hash, or",
        "{'orders': {'staff': {'rows': 'all', 'mask': {'email': {'keep-last': -1}}}}} | must be hash",
        "{'orders': {'staff': {'rows': 'all', 'actor': 'yes'}}} | must be true or false",
        "{'orders': {'staff': {'rows': {'owner': 'x${claims.sub}'}}}} | must stand alone",
        "{'orders': {'staff': {'rows': {'owner': '${claim.sub}'}}}} | must stand alone",
        "{'orders': {'staff': {'rows': {'${claims.sub}': 1}}}} | as the name of a column",
      })
  void badPoliciesAreReported(String policies, String problem) {
    List<String> problems = new ArrayList<>();
    Policies.read(json(policies), SEAL, problems);
    assertThat(problems).hasSize(1).first().asString().contains(problem);
  }

  @Test
  void aTableWithoutAColumnThatIsToBeMaskedIsRefused() {
    String policy = "{'rows': 'all', 'mask': {'email': 'hash'}}";
    Table renamed =
        new Table(
            "orders",
            List.of(new Column("id", "int", "int"), new Column("mail", "varchar(80)", "varchar")),
            List.of("id"));
    View view = view(policy, "{}");
    assertThatThrownBy(() -> view.renewed(renamed))
        .isInstanceOfSatisfying(
            OrderwireException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.POLICY_MISFIT));
  }

  private static List<String> failures(String tests) {
    List<String> problems = new ArrayList<>();
    PolicyTests read = PolicyTests.read(json(tests), problems);
    assertThat(problems).isEmpty();
    Map<String, Row> stored = Map.of("1", order(1, 7, "new"), "2", order(2, 8, "new"));
    return read.run(
        policies("{'rows': {'customer_id': '${claims.sub}'}}"),
        Map.of("orders", ORDERS),
        (view, most) -> stored.values().stream().filter(view::matches).limit(most).toList());
  }

  @Test
  void testsOfPoliciesFailWhereARowIsSeenOrHiddenAgainstThem() {
    assertThat(
            failures(
                "[{'role': 'customer', 'claims': {'sub': '7'}, 'table': 'orders',"
                    + " 'sees': [{'id': 1}], 'hides': [{'id': 2}]},"
                    + " {'role': 'nobody', 'table': 'orders', 'hides': [{'id': 1}]},"
                    + " {'role': 'customer', 'table': 'orders', 'hides': [{'id': 1}]}]"))
        .isEmpty();
    assertThat(
            failures(
                "[{'role': 'customer', 'claims': {'sub': '8'}, 'table': 'orders',"
                    + " 'sees': [{'id': 1}, {'id': 3}], 'hides': [{'id': 2}]},"
                    + " {'role': 'customer', 'table': 'invoices', 'sees': [{'id': 1}]},"
                    + " {'role': 'customer', 'table': 'orders', 'hides': [{'nr': 1}]}]"))
        .satisfiesExactly(
            failure -> assertThat(failure).contains("test 1", "{\"id\":1}", "is not visible"),
            failure -> assertThat(failure).contains("test 1", "{\"id\":3}", "does not exist"),
            failure -> assertThat(failure).contains("test 1", "{\"id\":2}", "is visible"),
            failure -> assertThat(failure).contains("test 2", "invoices is not watched"),
            failure -> assertThat(failure).contains("test 3", "cannot be checked", "nr"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'role': 'x'} | must be a list of tests",
        "[{'role': 'x', 'table': 'orders'}] | must have keys in sees, or in hides",
        "[{'table': 'orders', 'sees': [{'id': 1}]}] | must have a role",
        "[{'role': 'x', 'sees': [{'id': 1}]}] | must have a table",
        "[{'role': 'x', 'table': 'orders', 'sees': [{'id': 1}], 'see': []}] | is not one of",
      })
  void badTestsOfPoliciesAreReported(String tests, String problem) {
    List<String> problems = new ArrayList<>();
    PolicyTests.read(json(tests), problems);
    assertThat(problems).hasSize(1).first().asString().contains(problem);
  }

  @Test
  void policiesThatDoNotFitTheTableAreReported() {
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(
            json(
                "{'invoices': {'staff': {'rows': 'all'}}, 'orders': {'staff': {'rows':"
                    + " {'or': [{'customer_id': {'lt': '${claims.x}'}}, {'region': '${claims.y}'}]},"
                    + " 'columns': ['id', 'price'], 'mask': {'phone': 'hash'}}}}"),
            SEAL,
            problems);
    assertThat(problems).isEmpty();
    assertThat(policies.misfits(List.of(ORDERS)))
        .hasSize(4)
        .anySatisfy(misfit -> assertThat(misfit).contains("policies.invoices", "not watched"))
        .anySatisfy(misfit -> assertThat(misfit).contains("policies.orders.staff.rows", "region"))
        .anySatisfy(misfit -> assertThat(misfit).contains("columns", "price"))
        .anySatisfy(misfit -> assertThat(misfit).contains("mask", "phone"));
  }
}
