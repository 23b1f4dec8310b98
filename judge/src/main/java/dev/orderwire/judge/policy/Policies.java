package dev.orderwire.judge.policy;

import static java.util.stream.Collectors.toMap;

import dev.orderwire.judge.policy.RowRule.Always;
import dev.orderwire.judge.policy.RowRule.ByClaim;
import dev.orderwire.judge.policy.RowRule.InClaim;
import dev.orderwire.judge.table.Column;
import dev.orderwire.judge.table.Filter;
import dev.orderwire.judge.table.Filter.Field;
import dev.orderwire.judge.table.Filter.Operator;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The policies of a run: what each role may see of each table. */
public final class Policies {
  /** Sees everything. */
  static final String AUDITOR = "auditor";

  /** The roles that do not see everything; those by whose views rows move most come twice. */
  static final List<String> RESTRICTED =
      List.of("customer", "customer", "staff", "blind", "stranger", "agent", "agent");

  private static final Mask HASH = new Mask.Hash();

  private static final List<RolePolicy> ALL =
      List.of(
          new RolePolicy("item", AUDITOR, null, null, Map.of()),
          new RolePolicy("account", AUDITOR, null, null, Map.of()),
          new RolePolicy("stock", AUDITOR, null, null, Map.of()),
          new RolePolicy("doc", AUDITOR, null, null, Map.of()),
          // Rows by one claim. Writers move them between customers all the time.
          new RolePolicy(
              "item",
              "customer",
              number("grp"),
              null,
              Map.of(new Column("note", "varchar(120)"), new Mask.KeepLast(1))),
          new RolePolicy(
              "account", "customer", text("owner"), List.of("id", "balance", "owner"), Map.of()),
          new RolePolicy(
              "stock", "customer", text("kind"), null, Map.of(new Column("qty", "int"), HASH)),
          new RolePolicy(
              "doc",
              "customer",
              RowRule.both(
                  number("flag"),
                  new Always(new Filter.Compare(new Field("mark", true), Operator.NE, "PLAIN"))),
              List.of("id", "flag", "mark", "big", "seen", "data"),
              Map.of(
                  new Column("big", "bigint unsigned"),
                  HASH,
                  new Column("seen", "timestamp"),
                  new Mask.KeepLast(9))),
          // Rows by a list of claims; no policy for accounts.
          new RolePolicy(
              "item",
              "staff",
              new InClaim(new Field("grp", false), "groups"),
              List.of("id", "code", "grp", "status", "price", "changed"),
              Map.of(new Column("price", "decimal(10,2)"), new Mask.KeepLast(2))),
          new RolePolicy(
              "stock", "staff", new InClaim(new Field("site", true), "sites"), null, Map.of()),
          new RolePolicy(
              "doc",
              "staff",
              new InClaim(new Field("mark", true), "marks"),
              null,
              Map.of(
                  new Column("body", "text"),
                  new Mask.KeepLast(3),
                  new Column("bytes", "varbinary(64)"),
                  HASH)),
          // Keys that the client does not see, or sees masked.
          new RolePolicy(
              "item",
              "blind",
              RowRule.either(number("grp"), text("status")),
              List.of("grp", "status", "price", "qty"),
              Map.of()),
          new RolePolicy(
              "account", "blind", number("branch"), List.of("branch", "balance"), Map.of()),
          new RolePolicy(
              "stock",
              "blind",
              new ByClaim(new Field("qty", false), Operator.GTE, "least"),
              List.of("site", "qty", "kind"),
              Map.of(new Column("site", "varchar(10)"), HASH)),
          new RolePolicy(
              "doc",
              "blind",
              number("flag"),
              List.of("id", "flag", "mark", "share"),
              Map.of(new Column("id", "int"), HASH)),
          // The column that decides is hidden or masked.
          new RolePolicy(
              "item", "stranger", text("status"), List.of("id", "code", "grp", "qty"), Map.of()),
          new RolePolicy(
              "account", "stranger", number("branch"), List.of("id", "balance"), Map.of()),
          new RolePolicy(
              "stock",
              "stranger",
              text("kind"),
              null,
              Map.of(new Column("kind", "enum('raw','part','whole')"), HASH)),
          // Rows by a lookup.
          new RolePolicy("member", AUDITOR, null, null, Map.of()),
          new RolePolicy(
              "item",
              "agent",
              new RowRule.InLookup(new Field("grp", false), "team"),
              null,
              Map.of(new Column("price", "decimal(10,2)"), new Mask.KeepLast(2))));

  private final Seal seal;

  /**
   * @param seal of the database that the servers share
   */
  public Policies(Seal seal) {
    this.seal = seal;
  }

  /** The settings of a server: variables of the environment. */
  public static Map<String, String> settings(String secret) {
    ObjectNode tables = Json.object();
    for (RolePolicy policy : ALL) {
      ObjectNode roles =
          tables.has(policy.table())
              ? (ObjectNode) tables.get(policy.table())
              : tables.putObject(policy.table());
      roles.set(policy.role(), policy.setting());
    }
    ObjectNode lookup = Json.object().put("table", "member").put("select", "grp");
    lookup.putObject("where").put("team", RowRule.placeholder("team"));
    return Map.of(
        "ORDERWIRE_AUTH_JWT_SECRET",
        secret,
        // All clocks are one.
        "ORDERWIRE_AUTH_JWT_CLOCK_SKEW_SECONDS",
        "0",
        "ORDERWIRE_LOOKUPS",
        Json.object().set(RowRule.InLookup.LOOKUP, lookup).toString(),
        "ORDERWIRE_POLICIES",
        tables.toString());
  }

  /** The tables of which a role sees something. */
  public List<WatchedTable> tables(String role) {
    return WatchedTables.ALL.stream()
        .filter(table -> find(table.name(), role).isPresent())
        .toList();
  }

  /** What clients with these rights may see of a table. */
  public Sight sight(String table, Rights rights) {
    return find(table, rights.role())
        .map(policy ->
            new Sight(
                rights,
                table,
                policy.filter(rights.claims()),
                policy.columns(),
                policy.masks().entrySet().stream()
                    .collect(
                        toMap(
                            each -> each.getKey().name(),
                            each -> new Sight.Masked(each.getKey(), each.getValue()))),
                seal))
        .orElseGet(() -> Sight.nothing(table, rights));
  }

  static boolean asksLookup(String table, String role) {
    return find(table, role).filter(RolePolicy::asksLookup).isPresent();
  }

  private static Optional<RolePolicy> find(String table, String role) {
    return ALL.stream()
        .filter(policy -> policy.table().equals(table) && policy.role().equals(role))
        .findFirst();
  }

  private static RowRule number(String column) {
    return new ByClaim(new Field(column, false), Operator.EQ, column);
  }

  private static RowRule text(String column) {
    return new ByClaim(new Field(column, true), Operator.EQ, column);
  }
}
