package dev.orderwire.auth.policy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.view.Membership;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each role may see of each table. What no policy allows, nobody sees. */
public final class Policies {
  /** By table, then by role. */
  private final Map<String, Map<String, RolePolicy>> tables;

  private final Map<String, Lookup> lookups;
  private final Seal seal;

  Policies(Map<String, Map<String, RolePolicy>> tables, Map<String, Lookup> lookups, Seal seal) {
    this.tables = new TreeMap<>(tables);
    this.lookups = new TreeMap<>(lookups);
    this.seal = seal;
  }

  /**
   * Reads the policies of the settings.
   *
   * @param json the map of tables to maps of roles
   * @param lookups the map of names to lookups
   * @param seal makes hashes and replaces keys
   * @param problems takes one sentence for everything that is wrong
   */
  public static Policies read(JsonNode json, JsonNode lookups, Seal seal, List<String> problems) {
    Map<String, Lookup> known = new LookupReader(problems).read(lookups);
    return new Policies(new PolicyReader(seal, known.keySet(), problems).read(json), known, seal);
  }

  /** As {@link #read(JsonNode, JsonNode, Seal, List)}, without lookups. */
  public static Policies read(JsonNode json, Seal seal, List<String> problems) {
    return read(json, JsonMapper.shared().createObjectNode(), seal, problems);
  }

  /**
   * Reports what is wrong with policies, without applying them.
   *
   * @param problems takes one sentence for each problem
   */
  public static void check(JsonNode json, JsonNode lookups, List<String> problems) {
    var _ = read(json, lookups, Seal.UNUSED, problems);
  }

  /** The tables of the lookups in the settings. */
  public static Set<String> lookupTables(JsonNode lookups) {
    return new LookupReader(new ArrayList<>())
        .read(lookups).values().stream()
            .map(Lookup::table)
            .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The lookups that decide what a role may see. */
  public List<Lookup> lookups(String role) {
    Set<String> names = new TreeSet<>();
    tables.values().stream()
        .map(roles -> roles.get(role))
        .filter(Objects::nonNull)
        .forEach(policy -> names.addAll(policy.lookups()));
    return names.stream().map(lookups::get).filter(Objects::nonNull).toList();
  }

  /** What a client with these claims may see in a role that has no lookups. */
  public Access access(String role, Map<String, JsonNode> claims) {
    return access(role, new Client(claims, Map.of(), Membership.NONE));
  }

  /** What a client may see in a role. */
  public Access access(String role, Client client) {
    CanonicalText all = new CanonicalText();
    tables.forEach((table, roles) -> {
      RolePolicy policy = roles.get(role);
      if (policy != null) {
        all.add(table).add(policy.identity(role, client));
      }
    });
    String tag = seal.seal("tag", all.toString());
    Map<String, Scope> scopes = new HashMap<>();
    Set<String> explained = new HashSet<>();
    tables.forEach((table, roles) -> {
      RolePolicy policy = roles.get(role);
      if (policy != null) {
        scopes.put(table, policy.scope(role, client, tag, seal));
        if (policy.explain()) {
          explained.add(table);
        }
      }
    });
    boolean admin =
        tables.values().stream()
            .map(roles -> roles.get(role))
            .anyMatch(policy -> policy != null && policy.admin());
    return Access.to(scopes, explained, admin);
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
    lookups.forEach((name, lookup) -> {
      String path = "lookups." + name;
      Table table = byName.get(lookup.table());
      if (table == null) {
        misfits.add("%s is for the table %s, which is not watched".formatted(path, lookup.table()));
        return;
      }
      unknown(table, Set.of(lookup.select()))
          .forEach(column -> misfits.add(path + ".select names " + column));
      try {
        var _ = View.of(table, lookup.sample(), null);
      } catch (OrderwireException e) {
        misfits.add(path + ".where: " + e.getMessage());
      }
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
