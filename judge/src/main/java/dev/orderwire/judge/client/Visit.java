package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Identity;
import dev.orderwire.judge.policy.Policies;
import dev.orderwire.judge.policy.Sight;
import dev.orderwire.judge.policy.Tokens;
import dev.orderwire.judge.policy.Tokens.Token;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.ViewSpec;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a client says it is, and the tokens that it shows: most live for seconds. It renews them,
 * with other claims at times, or lets them run out. For one thread at a time.
 */
final class Visit {
  /** A server closes a connection within this time after its token ran out, however busy it is. */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(15);

  /** A shorter life could end on the way to the server. */
  private static final Duration LEAST_LIFE = Duration.ofSeconds(2);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  /** Without load, tokens are renewed this long before they run out. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** The servers read revocations of the database, and may be cut off from it for a while. */
  private static final Duration REVOKED_WITHIN = Duration.ofSeconds(30);

  private final String client;
  private final @Nullable Policies policies;
  private final Tokens tokens;
  private final boolean auditor;
  private final SeededRandom random;
  private final Tally tally;

  private Identity identity;
  private int identities;
  private int signed;

  /** The token that the server follows; null where it asks for none. */
  private @Nullable Token current;

  /** A token that was sent, and is not answered yet. */
  private @Nullable Token pending;

  /** When the application revoked the token; null where it did not. */
  private @Nullable Instant revokedAt;

  /** Whether the application may have revoked the token: MySQL did not answer. */
  private boolean mayBeRevoked;

  private boolean canRenew;

  /** Whether the client stays connected until it has renewed its token, and seen its rows move. */
  private boolean awaitsRenewal;

  private @Nullable Instant staysUntil;

  /** When to renew; null to let the token run out. */
  private @Nullable Instant renewAt;

  /**
   * @param policies null where servers ask nobody who it is
   * @param auditor whether the client sees everything
   */
  Visit(
      String client,
      @Nullable Policies policies,
      Tokens tokens,
      boolean auditor,
      SeededRandom random,
      Tally tally) {
    this.client = client;
    this.policies = policies;
    this.tokens = tokens;
    this.auditor = auditor;
    this.random = random;
    this.tally = tally;
    this.identity = newIdentity();
  }

  private Identity newIdentity() {
    if (policies != null) {
      tally.count(Tally.Group.POLICIES, auditor ? "identities that see everything" : "identities");
    }
    return Identity.next(client + "-" + ++identities, auditor, random);
  }

  /** Whether it sees everything. */
  boolean isUnrestricted() {
    return policies == null || auditor;
  }

  /**
   * The role to name in a new subscription; null to name none. All views have the same one: the
   * positions of a connection with views in several roles differ, so heartbeats have none.
   */
  @Nullable String role() {
    return identity.roles().size() == 1 ? null : identity.roles().getLast();
  }

  /** The tables of which a role sees something. */
  List<WatchedTable> tables(@Nullable String role) {
    return policies == null ? WatchedTables.ALL : policies.tables(known(role));
  }

  private String known(@Nullable String role) {
    return role == null ? identity.roles().getFirst() : role;
  }

  /** What the client may see in a view, by the token that the server follows. */
  Sight sight(ViewSpec view) {
    return sight(view, identity);
  }

  private Sight sight(ViewSpec view, Identity of) {
    return policies == null
        ? Sight.everything(view.table())
        : policies.sight(view.table(), of.rights(known(view.role())));
  }

  /** What the client may see in a view, by the token that is not answered yet. */
  Sight pendingSight(ViewSpec view) {
    return sight(view, Objects.requireNonNull(pending).identity());
  }

  boolean isPending() {
    return pending != null;
  }

  /** Whether the token that is not answered yet has run out on the way. */
  boolean isPendingRunOut() {
    return pending != null && !left(pending).isPositive();
  }

  /** Gets other claims now and then, while it is not connected. */
  void maybeChange() {
    if (policies != null && random.percent(15)) {
      identity = identity.changed(random);
      current = null;
    }
  }

  /** Becomes another identity now and then, while it is not connected; all its views end. */
  boolean maybeBecomeAnother() {
    if (policies == null || !random.percent(4)) {
      return false;
    }
    identity = newIdentity();
    current = null;
    return true;
  }

  /**
   * Begins a connection.
   *
   * @param byMessage whether the token is shown in a message, which is answered
   * @param withRenewal whether the client can send messages
   * @return the token to show; null for none
   */
  @Nullable String connect(boolean loading, boolean byMessage, boolean withRenewal) {
    if (policies == null) {
      return null;
    }
    Token before = current;
    Token token = before;
    if (token == null
        || mayBeRevoked
        || left(token).compareTo(loading ? LEAST_LIFE : MARGIN) < 0
        || random.percent(30)) {
      renameIfRevoked();
      token = sign(identity, loading);
    }
    current = token;
    revokedAt = token.equals(before) ? revokedAt : null;
    pending = byMessage ? token : null;
    canRenew = withRenewal;
    awaitsRenewal = withRenewal && !auditor && loading && random.percent(60);
    staysUntil = null;
    plan(token, loading);
    return token.text();
  }

  /** The identity may be revoked, and not just its token. */
  private void renameIfRevoked() {
    if (revokedAt != null || mayBeRevoked) {
      identity = new Identity(client + "-" + ++identities, identity.roles(), identity.claims());
    }
    mayBeRevoked = false;
  }

  private Token sign(Identity of, boolean loading) {
    Duration life =
        !loading || random.percent(20)
            ? Duration.ofSeconds(random.between(200, 300))
            : Duration.ofSeconds(random.percent(40) ? random.between(3, 8) : random.between(9, 40));
    return tokens.sign(of, "%s-%d".formatted(client, ++signed), life);
  }

  private void plan(Token token, boolean loading) {
    boolean runsOut = !canRenew || (loading && random.percent(30));
    renewAt =
        runsOut
            ? null
            : Instant.now().plus(left(token).multipliedBy(random.between(10, 80)).dividedBy(100));
  }

  private static Duration left(Token token) {
    return left(token.expires());
  }

  private static Duration left(Instant end) {
    return Duration.between(Instant.now(), end);
  }

  /** A token to send now; null for none. */
  @Nullable String renewal(boolean loading) {
    Token token = current;
    if (token == null || pending != null || !canRenew || revokedAt != null) {
      return null;
    }
    boolean due =
        !hasRunOut()
            && ((renewAt != null && Instant.now().isAfter(renewAt))
                || (!loading && left(token).compareTo(MARGIN) < 0));
    if (!due) {
      return null;
    }
    boolean changed = loading && random.percent(50);
    tally.count(Tally.Group.POLICIES, changed ? "renewals with other claims" : "renewals");
    Token next = sign(changed ? identity.changed(random) : identity, loading);
    pending = next;
    return next.text();
  }

  /** The server has accepted the token that was sent. */
  void authenticated(boolean loading) {
    Token token = pending;
    if (token != null) {
      current = token;
      identity = token.identity();
      pending = null;
      awaitsRenewal = false;
      staysUntil = Instant.now().plus(LEAST_LIFE);
      plan(token, loading);
    }
  }

  /** The server has not accepted the token that was sent, and follows the one before. */
  void renewalRefused() {
    pending = null;
    renewAt = Instant.now();
  }

  void disconnected() {
    pending = null;
  }

  /** The token to revoke now; null for none. */
  @Nullable Token tokenToRevoke() {
    boolean revokes = !isUnrestricted() && pending == null && revokedAt == null && !mayBeRevoked;
    return revokes && random.below(300) == 0 ? current : null;
  }

  boolean isRevoked() {
    return revokedAt != null;
  }

  /**
   * The application has revoked the token.
   *
   * @param certain false if it may not have: MySQL did not answer
   */
  void revoked(boolean certain) {
    if (certain) {
      tally.count(Tally.Group.POLICIES, "revocations");
      revokedAt = Instant.now();
    } else {
      mayBeRevoked = true;
    }
  }

  /**
   * Whether the client waits until its token runs out, until the server sees it revoked, or until
   * it has renewed it.
   */
  boolean stays() {
    return revokedAt != null
        || (awaitsRenewal && renewAt != null && left(renewAt).compareTo(LONGEST_WAIT) < 0)
        || (staysUntil != null && left(staysUntil).isPositive())
        || (current != null && renewAt == null && left(current).compareTo(MARGIN) < 0);
  }

  /** Whether the server may refuse the token: it has run out, or is revoked. */
  boolean hasRunOut() {
    return current != null && (revokedAt != null || mayBeRevoked || !left(current).isPositive());
  }

  /** Whether the server should have closed the connection since long. */
  boolean isOverdue() {
    return current != null
        && pending == null
        && (left(current).plus(ENDS_WITHIN).isNegative()
            || (revokedAt != null && revokedAt.plus(REVOKED_WITHIN).isBefore(Instant.now())));
  }

  /** The server has closed the connection, or refused it, because the token ran out. */
  void ended() {
    tally.count(
        Tally.Group.POLICIES,
        revokedAt == null ? "tokens that ran out" : "ended because of a revocation");
    renameIfRevoked();
    revokedAt = null;
    current = null;
  }

  @Override
  public String toString() {
    return policies == null
        ? "nobody"
        : text(identity)
            + (pending == null ? "" : ", shows a token of " + text(pending.identity()));
  }

  private static String text(Identity of) {
    return "%s %s %s".formatted(of.subject(), of.roles(), of.claims());
  }
}
