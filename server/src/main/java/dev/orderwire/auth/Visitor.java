package dev.orderwire.auth;

import dev.orderwire.auth.policy.Access;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client that was let in. Safe for any number of threads. */
public final class Visitor {
  /** Every client of a server without authentication: it may see everything. */
  public static final Visitor ANYBODY = new Visitor(null, null);

  private final @Nullable Identity identity;
  private final @Nullable Policies policies;

  private Visitor(@Nullable Identity identity, @Nullable Policies policies) {
    this.identity = identity;
    this.policies = policies;
  }

  /** A client of whom it is known who it is. */
  static Visitor of(Identity identity, Policies policies) {
    return new Visitor(identity, policies);
  }

  /** Who it is; null for {@link #ANYBODY}. */
  public @Nullable Identity identity() {
    return identity;
  }

  /**
   * What it may see in a role.
   *
   * @param role the role that it names; null if it has only one
   * @throws OrderwireException {@code not_allowed}; {@code role_needed}
   */
  public Access access(@Nullable String role) {
    Identity known = identity;
    if (known == null) {
      return Access.EVERYTHING;
    }
    return Objects.requireNonNull(policies).access(chosen(known.roles(), role), known.claims());
  }

  /**
   * What it may see in the role that it had, or in its only role if it does not have that one any
   * more.
   *
   * @throws OrderwireException as {@link #access(String)}
   */
  public Access accessAs(String role) {
    return access(identity != null && identity.roles().contains(role) ? role : null);
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
