package dev.orderwire.auth;

import dev.orderwire.auth.held.HeldLookup;
import dev.orderwire.auth.held.HeldMembership;
import dev.orderwire.auth.policy.Access;
import dev.orderwire.auth.policy.Client;
import dev.orderwire.auth.policy.Lookup;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A client that was let in. Safe for any number of threads. */
public final class Visitor {
  /** Every client of a server without authentication: it may see everything. */
  public static final Visitor ANYBODY = new Visitor(null, null, null, Map.of());

  private final @Nullable Identity identity;
  private final @Nullable Policies policies;
  private final @Nullable Audiences audiences;

  /** Of all its roles, by name. */
  private final Map<String, HeldLookup> lookups;

  /** What was worked out last, for all views of the client at a moment. */
  private volatile @Nullable AtMoment last;

  private record AtMoment(String role, long sequence, Access access) {}

  private Visitor(
      @Nullable Identity identity,
      @Nullable Policies policies,
      @Nullable Audiences audiences,
      Map<String, HeldLookup> lookups) {
    this.identity = identity;
    this.policies = policies;
    this.audiences = audiences;
    this.lookups = Map.copyOf(lookups);
  }

  /** A client of whom it is known who it is. May block. */
  static Visitor of(Identity identity, Policies policies, @Nullable Audiences audiences) {
    Map<String, HeldLookup> lookups =
        audiences == null ? Map.of() : audiences.hold(identity, policies);
    return new Visitor(identity, policies, audiences, lookups);
  }

  /** Whether its token was revoked, or everything of its subject. */
  public boolean isRevoked() {
    return identity != null
        && audiences != null
        && audiences.revocations().isRevoked(identity.name(), identity.tokenId());
  }

  /** Who it is; null for {@link #ANYBODY}. */
  public @Nullable Identity identity() {
    return identity;
  }

  /**
   * What it may see in a role.
   *
   * @param role the role that it names; null if it has only one
   * @throws OrderwireException {@code not_allowed}; {@code role_needed}; {@code lookup_too_large};
   *     {@code lookup_unavailable} while a table of a lookup is being read again
   */
  public Access access(@Nullable String role) {
    return access(role, HeldMembership.NOW);
  }

  private Access access(@Nullable String role, long sequence) {
    Identity known = identity;
    Policies rules = policies;
    if (known == null || rules == null) {
      return Access.EVERYTHING;
    }
    String name = chosen(known.roles(), role);
    Map<String, HeldLookup> used = new HashMap<>(lookups);
    used.keySet()
        .retainAll(rules.lookups(name).stream().map(Lookup::name).collect(Collectors.toSet()));
    if (audiences == null || used.isEmpty()) {
      return rules.access(name, known.claims());
    }
    AtMoment before = last;
    if (before != null && before.sequence() == sequence && before.role().equals(name)) {
      return before.access();
    }
    HeldMembership membership = audiences.membership(used, sequence);
    Access access = rules.access(name, new Client(known.claims(), membership.sets(), membership));
    if (sequence != HeldMembership.NOW) {
      last = new AtMoment(name, sequence, access);
    }
    return access;
  }

  /**
   * What it may see in the role that it had, or in its only role if it does not have that one any
   * more.
   *
   * @throws OrderwireException as {@link #access(String)}
   */
  public Access accessAs(String role) {
    return accessAs(role, HeldMembership.NOW);
  }

  /**
   * As {@link #accessAs(String)}, after a moment of the feed.
   *
   * @param sequence of the moment
   */
  public Access accessAs(String role, long sequence) {
    return access(identity != null && identity.roles().contains(role) ? role : null, sequence);
  }

  /**
   * Waits until its lookups are known. On a thread that may block.
   *
   * @throws OrderwireException {@code lookup_unavailable} if that takes too long
   */
  public void awaitLookups() {
    lookups.values().forEach(HeldLookup::await);
  }

  private static String chosen(List<String> roles, @Nullable String role) {
    if (roles.isEmpty()) {
      throw new OrderwireException(
          ErrorCode.NOT_ALLOWED, "this identity has no role, and so may see nothing");
    }
    if (role == null) {
      if (roles.size() > 1) {
        throw new OrderwireException(
            ErrorCode.ROLE_NEEDED,
            "this identity has the roles %s: name one of them as role".formatted(roles));
      }
      return roles.getFirst();
    }
    if (!roles.contains(role)) {
      throw new OrderwireException(
          ErrorCode.NOT_ALLOWED, "this identity does not have the role it names; it has " + roles);
    }
    return role;
  }
}
