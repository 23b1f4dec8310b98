package dev.orderwire.auth;

import java.time.InstantSource;

/** Accepts the tokens and API keys that the options allow. */
public final class Credentials implements Authenticator {
  private final Authenticator tokens;
  private final Authenticator keys;

  private Credentials(Authenticator tokens, Authenticator keys) {
    this.tokens = tokens;
    this.keys = keys;
  }

  /** Opens no connection: a JWKS address is asked for its keys when the first token arrives. */
  public static Credentials of(AuthOptions options, InstantSource clock) {
    Authenticator keys =
        options.keys().isEmpty()
            ? refuseAll("API keys are not accepted here: send a token")
            : new ApiKeyAuthenticator(options.keys());
    Authenticator tokens =
        options
            .jwt()
            .map(jwt -> (Authenticator) new JwtAuthenticator(jwt, options.role(), clock))
            .orElseGet(() -> refuseAll("tokens are not accepted here: send an API key"));
    return new Credentials(tokens, keys);
  }

  private static Authenticator refuseAll(String reason) {
    return _ -> {
      throw Refused.because(reason);
    };
  }

  @Override
  public Identity authenticate(String credential) {
    if (credential.isEmpty()) {
      throw Refused.because("the credential is empty: send a token or an API key");
    }
    // No token begins like a key: the first character of its header is {.
    return (credential.startsWith(ApiKey.PREFIX) ? keys : tokens).authenticate(credential);
  }
}
