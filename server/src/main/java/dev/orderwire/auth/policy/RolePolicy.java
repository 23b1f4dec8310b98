package dev.orderwire.auth.policy;

import dev.orderwire.view.Mask;
import dev.orderwire.view.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one role may see of one table.
 *
 * @param rows null for all rows
 * @param columns null for all columns, future ones included
 * @param masks by column
 * @param actor whether it sees who made a change
 * @param explain whether it may ask why it does or does not see a row; that changes nothing of what
 *     it sees
 * @param admin whether it may see who is connected, and close connections; as above
 */
record RolePolicy(
    @Nullable RowTemplate rows,
    @Nullable Set<String> columns,
    Map<String, Mask> masks,
    boolean actor,
    boolean explain,
    boolean admin) {
  private static final JsonNode NO_ROWS =
      JsonMapper.shared().createObjectNode().set("or", JsonMapper.shared().createArrayNode());

  RolePolicy {
    columns = columns == null ? null : Set.copyOf(columns);
    masks = Map.copyOf(masks);
  }

  /**
   * What a client of the role may see.
   *
   * @param tag as in {@link Scope}
   */
  Scope scope(String role, Client client, String tag, Seal seal) {
    return new Scope(
        role,
        identity(role, client),
        tag,
        filled(client),
        columns,
        masks,
        actor,
        seal,
        client.membership());
  }

  private @Nullable JsonNode filled(Client client) {
    return rows == null ? null : rows.fill(client.claims(), client.sets()).orElse(NO_ROWS);
  }

  /** The names of the lookups in its condition. */
  Set<String> lookups() {
    return rows == null ? Set.of() : rows.lookups();
  }

  /**
   * The same for two clients only if they see the same: the role, the policy, and the values of the
   * claims in it. The sets of lookups are in the condition.
   */
  String identity(String role, Client client) {
    CanonicalText text = new CanonicalText().add(role);
    JsonNode condition = filled(client);
    text.add(condition == null ? "all" : "where " + condition);
    if (rows != null) {
      for (ClaimPath claim : rows.claims()) {
        Optional<JsonNode> value = claim.in(client.claims());
        text.add(claim.toString()).add(value.map(found -> "=" + found).orElse(""));
      }
    }
    text.add(columns == null ? "*" : "columns");
    CanonicalText names = new CanonicalText();
    new TreeSet<>(columns == null ? Set.of() : columns).forEach(names::add);
    text.add(names.toString());
    CanonicalText masked = new CanonicalText();
    new TreeMap<>(masks).forEach((column, mask) -> masked.add(column).add(mask.text()));
    return text.add(masked.toString()).add(actor ? "actor" : "").toString();
  }
}
