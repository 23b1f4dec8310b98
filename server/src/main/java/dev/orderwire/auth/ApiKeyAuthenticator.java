package dev.orderwire.auth;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** Accepts API keys. */
final class ApiKeyAuthenticator implements Authenticator {
  private static final int LENGTH = ApiKey.PREFIX.length() + 43;

  private final List<ApiKey> keys;

  ApiKeyAuthenticator(List<ApiKey> keys) {
    this.keys = keys;
  }

  /** Takes the same time whichever key it is, or is close to. */
  @Override
  public Identity authenticate(String credential) {
    if (credential.length() != LENGTH) {
      throw Refused.because(
          "an API key has %d characters: send it exactly as it was made".formatted(LENGTH));
    }
    byte[] hash = ApiKey.sha256(credential);
    ApiKey found = null;
    for (ApiKey key : keys) {
      if (MessageDigest.isEqual(HexFormat.of().parseHex(key.hash()), hash)) {
        found = key;
      }
    }
    if (found == null) {
      throw Refused.because(
          "the API key is not known here: it was removed from auth.keys, or is for another server");
    }
    return new Identity(found.name(), found.claims(), found.roles(), null, null);
  }
}
