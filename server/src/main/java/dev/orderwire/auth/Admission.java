package dev.orderwire.auth;

import dev.orderwire.auth.policy.Policies;
import dev.orderwire.change.OrderwireException;
import org.jspecify.annotations.Nullable;

/** Lets clients in. Safe for any number of threads. */
public final class Admission {
  /** Lets everybody in. */
  public static final Admission OPEN = new Admission(null, null);

  private final @Nullable Authenticator authenticator;
  private final @Nullable Policies policies;

  private Admission(@Nullable Authenticator authenticator, @Nullable Policies policies) {
    this.authenticator = authenticator;
    this.policies = policies;
  }

  /** Lets in clients whose credential is valid. They see what the policies allow. */
  public static Admission by(Authenticator authenticator, Policies policies) {
    return new Admission(authenticator, policies);
  }

  /** Whether everybody is let in. */
  public boolean isOpen() {
    return authenticator == null;
  }

  /**
   * Lets a client in. May block.
   *
   * @throws OrderwireException as {@link Authenticator#authenticate}
   */
  public Visitor admit(String credential) {
    return authenticator == null || policies == null
        ? Visitor.ANYBODY
        : Visitor.of(authenticator.authenticate(credential), policies);
  }
}
