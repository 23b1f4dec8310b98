package dev.orderwire.auth.policy;

import dev.orderwire.change.Key;
import dev.orderwire.change.Row;
import dev.orderwire.view.KeyCover;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replaces values by texts that only the holders of a secret could make (HMAC-SHA-256, cut to 128
 * bits), or can read again (AES-256-GCM). A hash without a secret would hide nothing: the few
 * possible keys and addresses can all be tried. All servers of a database share the secret. Safe
 * for any number of threads.
 */
public final class Seal implements KeyCover {
  /** For policies that are only read, and never applied. */
  public static final Seal UNUSED = new Seal(new byte[32]);

  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 16;
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec secret;
  private final SecretKeySpec cipherKey;

  /**
   * @param secret at least 32 random bytes
   */
  public Seal(byte[] secret) {
    if (secret.length < 32) {
      throw new IllegalArgumentException("a secret must have 32 bytes, not " + secret.length);
    }
    this.secret = new SecretKeySpec(secret, ALGORITHM);
    this.cipherKey = new SecretKeySpec(hmac("the key of the cipher"), "AES");
  }

  /** The text that stands for these, 22 characters of {@code A-Za-z0-9_-}. */
  String seal(String... parts) {
    CanonicalText text = new CanonicalText();
    for (String part : parts) {
      text.add(part);
    }
    return base64(Arrays.copyOf(hmac(text.toString()), BYTES));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private byte[] hmac(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  @Override
  public String cover(String table, Key key) {
    CanonicalText cells = new CanonicalText();
    key.columns().forEach((column, json) -> cells.add(column).add(json));
    return seal("key", table, cells.toString());
  }

  @Override
  public String lock(String table, Key key) {
    ObjectNode cells = JsonMapper.shared().createObjectNode();
    key.columns().forEach(cells::put);
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      byte[] locked =
          cipher(Cipher.ENCRYPT_MODE, nonce, table)
              .doFinal(cells.toString().getBytes(StandardCharsets.UTF_8));
      return base64(
          ByteBuffer.allocate(nonce.length + locked.length).put(nonce).put(locked).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  @Override
  public Optional<Key> unlock(String table, String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length <= NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] opened =
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(bytes, NONCE_BYTES), table)
              .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
      Map<String, String> cells = new LinkedHashMap<>();
      JsonMapper.shared()
          .readTree(opened)
          .forEachEntry((column, json) -> cells.put(column, json.stringValue()));
      return Optional.of(new Key(Row.of(cells)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String table) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, cipherKey, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(table.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
