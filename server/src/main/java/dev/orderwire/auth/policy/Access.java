package dev.orderwire.auth.policy;

import dev.orderwire.view.Scope;
import java.util.Map;
import java.util.Optional;

/** The tables that a client may see, each with what it may see of it. */
public final class Access {
  /** All tables, without restrictions. */
  public static final Access EVERYTHING = new Access(Map.of(), true);

  private final Map<String, Scope> scopes;
  private final boolean everything;

  private Access(Map<String, Scope> scopes, boolean everything) {
    this.scopes = Map.copyOf(scopes);
    this.everything = everything;
  }

  static Access to(Map<String, Scope> scopes) {
    return new Access(scopes, false);
  }

  /** What the client may see of a table; empty if it may not know the table. */
  public Optional<Scope> scope(String table) {
    return everything ? Optional.of(Scope.EVERYTHING) : Optional.ofNullable(scopes.get(table));
  }
}
