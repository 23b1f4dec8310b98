package dev.orderwire.auth;

import dev.orderwire.auth.policy.Policies;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import org.jspecify.annotations.Nullable;

/** Lets clients in. Safe for any number of threads. */
public final class Admission {
  /** Lets everybody in. */
  public static final Admission OPEN = new Admission(null, null, null);

  private final @Nullable Authenticator authenticator;
  private final @Nullable Policies policies;
  private final @Nullable Audiences audiences;

  private Admission(
      @Nullable Authenticator authenticator,
      @Nullable Policies policies,
      @Nullable Audiences audiences) {
    this.authenticator = authenticator;
    this.policies = policies;
    this.audiences = audiences;
  }

  /**
   * Lets in clients whose credential is valid. They see what the policies allow, which have no
   * lookups.
   */
  public static Admission by(Authenticator authenticator, Policies policies) {
    return new Admission(authenticator, policies, null);
  }

  /**
   * Lets in clients whose credential is valid and not revoked. They see what the policies allow.
   */
  public static Admission by(Authenticator authenticator, Policies policies, Audiences audiences) {
    return new Admission(authenticator, policies, audiences);
  }

  /** Whether everybody is let in. */
  public boolean isOpen() {
    return authenticator == null;
  }

  /**
   * Lets a client in. May block.
   *
   * @throws OrderwireException as {@link Authenticator#authenticate}; {@code revoked}; {@code
   *     lookup_unavailable}; {@code mysql_unavailable}
   */
  public Visitor admit(String credential) {
    if (authenticator == null || policies == null) {
      return Visitor.ANYBODY;
    }
    Identity identity = authenticator.authenticate(credential);
    Visitor visitor = Visitor.of(identity, policies, audiences);
    if (visitor.isRevoked()) {
      throw revoked();
    }
    return visitor;
  }

  /** What a client is told whose token or subject is revoked. */
  public static OrderwireException revoked() {
    return new OrderwireException(
        ErrorCode.REVOKED, "this token was revoked: sign in again to get another one");
  }

  /**
   * Calls {@code listener} whenever something was revoked, on the tail's thread: it must not block.
   */
  public void onRevoked(Runnable listener) {
    if (audiences != null) {
      audiences.revocations().onRevoked(listener);
    }
  }

  /** Whether a moment of the feed changes what some client may see. */
  public boolean changesAt(long sequence) {
    return audiences != null && audiences.changeAt(sequence);
  }
}
