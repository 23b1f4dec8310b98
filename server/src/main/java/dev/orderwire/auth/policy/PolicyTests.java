package dev.orderwire.auth.policy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.view.Membership;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Rows that clients must see, and rows that they must not see: what the policies are meant to do.
 */
public final class PolicyTests {
  /** Finds stored rows. */
  public interface Rows {
    /** The rows of a view, up to a number of them. */
    List<Row> find(View view, int most);
  }

  private static final Set<String> PARTS =
      new TreeSet<>(Set.of("role", "claims", "table", "sees", "hides"));

  private record Test(
      String path,
      String role,
      Map<String, JsonNode> claims,
      String table,
      List<JsonNode> sees,
      List<JsonNode> hides) {}

  private final List<Test> tests = new ArrayList<>();

  private PolicyTests() {}

  /**
   * Reads the tests of the settings.
   *
   * @param json a list of maps with a role, claims, a table, and lists of keys; an empty map for
   *     none
   * @param problems takes one sentence for everything that is wrong
   */
  public static PolicyTests read(JsonNode json, List<String> problems) {
    PolicyTests read = new PolicyTests();
    if (json.isObject() && json.isEmpty()) {
      return read;
    }
    if (!json.isArray()) {
      problems.add(
          "policy-tests must be a list of tests such as {role: customer, claims: {sub: \"7\"}, table: orders, sees: [{id: 1}], hides: [{id: 2}]}");
      return read;
    }
    int number = 0;
    for (JsonNode test : json) {
      read.add("policy-tests, test " + ++number, test, problems);
    }
    return read;
  }

  private void add(String path, JsonNode json, List<String> problems) {
    int before = problems.size();
    for (String name : json.propertyNames()) {
      if (!PARTS.contains(name)) {
        problems.add("%s: '%s' is not one of %s".formatted(path, name, PARTS));
      }
    }
    for (String required : List.of("role", "table")) {
      if (!json.path(required).isString()) {
        problems.add("%s must have a %s".formatted(path, required));
      }
    }
    List<JsonNode> sees = keys(path, json, "sees", problems);
    List<JsonNode> hides = keys(path, json, "hides", problems);
    if (sees.isEmpty() && hides.isEmpty()) {
      problems.add(path + " must have keys in sees, or in hides");
    }
    if (problems.size() == before) {
      Map<String, JsonNode> claims = new HashMap<>();
      json.path("claims").forEachEntry(claims::put);
      tests.add(
          new Test(
              path,
              json.path("role").stringValue(),
              claims,
              json.path("table").stringValue(),
              sees,
              hides));
    }
  }

  private static List<JsonNode> keys(
      String path, JsonNode json, String name, List<String> problems) {
    JsonNode list = json.path(name);
    if (!list.isMissingNode()
        && (!list.isArray() || list.valueStream().anyMatch(key -> !key.isObject()))) {
      problems.add("%s: %s must be a list of keys such as {id: 1}".formatted(path, name));
      return List.of();
    }
    return list.valueStream().toList();
  }

  public boolean isEmpty() {
    return tests.isEmpty();
  }

  /**
   * Runs the tests.
   *
   * @param tables the watched tables by name
   * @return one sentence for each failure; empty if all pass
   */
  public List<String> run(Policies policies, Map<String, Table> tables, Rows rows) {
    List<String> failures = new ArrayList<>();
    for (Test test : tests) {
      Table table = tables.get(test.table());
      if (table == null) {
        failures.add("%s: the table %s is not watched".formatted(test.path(), test.table()));
        continue;
      }
      Optional<Scope> scope;
      try {
        scope =
            policies.access(test.role(), client(test, policies, tables, rows)).scope(table.name());
      } catch (OrderwireException e) {
        failures.add("%s cannot be checked: %s".formatted(test.path(), e.getMessage()));
        continue;
      }
      for (JsonNode key : test.sees()) {
        check(test, table, scope, key, true, rows).ifPresent(failures::add);
      }
      for (JsonNode key : test.hides()) {
        check(test, table, scope, key, false, rows).ifPresent(failures::add);
      }
    }
    return failures;
  }

  /** The client of a test, with what is looked up for it. */
  private static Client client(Test test, Policies policies, Map<String, Table> tables, Rows rows) {
    Map<String, JsonNode> sets = new HashMap<>();
    for (Lookup lookup : policies.lookups(test.role())) {
      Table table = tables.get(lookup.table());
      Optional<JsonNode> where = lookup.where(test.claims());
      if (table != null && where.isPresent()) {
        List<Row> found =
            rows.find(View.of(table, Scope.ofRows(where.get()), null, null), lookup.most());
        sets.put(
            lookup.name(), LookupValues.of(found.stream().map(row -> row.json(lookup.select()))));
      }
    }
    return new Client(test.claims(), sets, Membership.NONE);
  }

  private static Optional<String> check(
      Test test, Table table, Optional<Scope> scope, JsonNode key, boolean mustSee, Rows rows) {
    String row = "%s: the row %s of %s ".formatted(test.path(), key, table.name());
    try {
      List<Row> found = rows.find(View.of(table, key, null), 1);
      if (found.isEmpty()) {
        return Optional.of(row + "does not exist");
      }
      boolean sees =
          scope.isPresent() && View.of(table, scope.get(), null, null).matches(found.getFirst());
      return sees == mustSee
          ? Optional.empty()
          : Optional.of(
              row
                  + "%s visible to the role %s with the claims %s"
                      .formatted(sees ? "is" : "is not", test.role(), test.claims()));
    } catch (OrderwireException e) {
      return Optional.of(row + "cannot be checked: " + e.getMessage());
    }
  }
}
