package dev.orderwire.auth.policy;

import dev.orderwire.view.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tables that a client may see, each with what it may see of it. */
public final class Access {
  /** All tables, without restrictions. */
  public static final Access EVERYTHING = new Access(Map.of(), Set.of(), true, true);

  private final Map<String, Scope> scopes;
  private final Set<String> explained;
  private final boolean admin;
  private final boolean everything;

  private Access(
      Map<String, Scope> scopes, Set<String> explained, boolean admin, boolean everything) {
    this.scopes = Map.copyOf(scopes);
    this.explained = Set.copyOf(explained);
    this.admin = admin;
    this.everything = everything;
  }

  /**
   * @param explained the tables whose rows the client may have explained
   * @param admin as {@link #mayAdminister}
   */
  static Access to(Map<String, Scope> scopes, Set<String> explained, boolean admin) {
    return new Access(scopes, explained, admin, false);
  }

  /** What the client may see of a table; empty if it may not know the table. */
  public Optional<Scope> scope(String table) {
    return everything ? Optional.of(Scope.EVERYTHING) : Optional.ofNullable(scopes.get(table));
  }

  /** Whether the client may ask why it does or does not see a row of a table. */
  public boolean mayExplain(String table) {
    return everything || explained.contains(table);
  }

  /** Whether the client may see who is connected, and close connections. */
  public boolean mayAdminister() {
    return admin;
  }
}
