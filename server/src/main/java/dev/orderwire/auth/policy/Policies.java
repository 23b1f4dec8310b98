package dev.orderwire.auth.policy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What each role may see of each table. What no policy allows, nobody sees. */
public final class Policies {
  /** By table, then by role. */
  private final Map<String, Map<String, RolePolicy>> tables;

  private final Seal seal;

  Policies(Map<String, Map<String, RolePolicy>> tables, Seal seal) {
    this.tables = new TreeMap<>(tables);
    this.seal = seal;
  }

  /**
   * Reads the policies of the settings.
   *
   * @param json the map of tables to maps of roles
   * @param seal makes hashes and replaces keys
   * @param problems takes one sentence for everything that is wrong
   */
  public static Policies read(JsonNode json, Seal seal, List<String> problems) {
    return new Policies(new PolicyReader(seal, problems).read(json), seal);
  }

  /**
   * Reports what is wrong with policies, without applying them.
   *
   * @param problems takes one sentence for each problem
   */
  public static void check(JsonNode json, List<String> problems) {
    new PolicyReader(Seal.UNUSED, problems).read(json);
  }

  /** What a client with these claims may see in a role. */
  public Access access(String role, Map<String, JsonNode> claims) {
    CanonicalText all = new CanonicalText();
    tables.forEach((table, roles) -> {
      RolePolicy policy = roles.get(role);
      if (policy != null) {
        all.add(table).add(policy.identity(role, claims));
      }
    });
    String tag = seal.seal("tag", all.toString());
    Map<String, Scope> scopes = new HashMap<>();
    tables.forEach((table, roles) -> {
      RolePolicy policy = roles.get(role);
      if (policy != null) {
        scopes.put(table, policy.scope(role, claims, tag, seal));
      }
    });
    return Access.to(scopes);
  }

  /**
   * Compares the policies with the watched tables.
   *
   * @return one sentence for everything that does not fit; empty if all fits
   */
  public List<String> misfits(Collection<Table> watched) {
    List<String> misfits = new ArrayList<>();
    Map<String, Table> byName =
        watched.stream().collect(Collectors.toMap(Table::name, table -> table));
    tables.forEach((name, roles) -> {
      Table table = byName.get(name);
      if (table == null) {
        misfits.add(
            "policies.%s is for a table that is not watched; watched are %s"
                .formatted(name, new TreeSet<>(byName.keySet())));
        return;
      }
      roles.forEach((role, policy) -> {
        String path = "policies.%s.%s".formatted(name, role);
        if (policy.rows() != null) {
          try {
            var _ = View.of(table, policy.rows().sample(), null);
          } catch (OrderwireException e) {
            misfits.add(path + ".rows: " + e.getMessage());
          }
        }
        unknown(table, policy.columns() == null ? Set.of() : policy.columns())
            .forEach(column -> misfits.add(path + ".columns names " + column));
        unknown(table, policy.masks().keySet())
            .forEach(column -> misfits.add(path + ".mask names " + column));
      });
    });
    return misfits;
  }

  private static List<String> unknown(Table table, Collection<String> columns) {
    return columns.stream()
        .filter(column -> table.column(column).isEmpty())
        .sorted()
        .map(column ->
            "the column %s, which the table does not have; it has %s"
                .formatted(column, table.columnNames()))
        .toList();
  }
}
