package dev.orderwire.auth;

import dev.orderwire.auth.held.HeldLookup;
import dev.orderwire.auth.held.HeldMembership;
import dev.orderwire.auth.held.HeldTables;
import dev.orderwire.auth.held.Lookups;
import dev.orderwire.auth.held.Revocations;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.change.OrderwireException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the policies look up in tables, and which identities are revoked. Safe for any number of
 * threads.
 */
public final class Audiences implements AutoCloseable {
  private final HeldTables tables;
  private final Lookups lookups;
  private final Revocations revocations;

  public Audiences(HeldTables tables, Revocations revocations) {
    this.tables = tables;
    this.lookups = new Lookups(tables);
    this.revocations = revocations;
  }

  /**
   * Reads which identities are revoked. Blocks; the tail must run.
   *
   * @throws OrderwireException as {@link Revocations#start}
   */
  public void start() {
    revocations.start();
  }

  /**
   * Takes note of the watched tables that are missing, or whose changes are not captured: what they
   * say counts no more, until they are captured again. For any thread.
   */
  public void uncaptured(Set<String> names) {
    tables.uncaptured(names);
  }

  Revocations revocations() {
    return revocations;
  }

  /** Whether a moment of the feed changes what anybody may see. */
  boolean changeAt(long sequence) {
    return tables.changesAt(sequence);
  }

  /**
   * The lookups of an identity in all its roles, by name. May block.
   *
   * @throws OrderwireException as {@link Lookups#hold}
   */
  Map<String, HeldLookup> hold(Identity identity, Policies policies) {
    Map<String, HeldLookup> held = new HashMap<>();
    for (String role : identity.roles()) {
      held.putAll(lookups.hold(policies.lookups(role), identity.claims()));
    }
    return held;
  }

  /** The sets of these lookups after a moment. */
  HeldMembership membership(Map<String, HeldLookup> held, long sequence) {
    return tables.membership(held, sequence);
  }

  @Override
  public void close() {
    tables.close();
  }
}
