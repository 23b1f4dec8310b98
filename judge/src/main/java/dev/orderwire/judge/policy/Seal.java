package dev.orderwire.judge.policy;

import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The texts that stand for masked values and hidden keys, made with the secret that all servers of
 * the database share. Safe for use by any number of threads.
 */
public final class Seal {
  private static final String HMAC = "HmacSHA256";
  private static final int KEPT_BYTES = 16;

  private final SecretKeySpec secret;

  public Seal(byte[] secret) {
    this.secret = new SecretKeySpec(secret, HMAC);
  }

  /** Reads the secret, which the first server that starts has made. */
  public static Seal read(Database database) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT value FROM orderwire_state WHERE name = 'secret'")) {
      if (!rows.next()) {
        throw new IllegalStateException("the servers have made no secret");
      }
      String value = Json.parse(rows.getString(1)).path("secret").asString();
      return new Seal(Base64.getDecoder().decode(value));
    }
  }

  /** The text for a list of texts; no other list has the same one. */
  String of(List<String> parts) {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      text.append(part.length()).append(':').append(part);
    }
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(secret);
      byte[] bytes = mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(bytes, KEPT_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  String of(String... parts) {
    return of(List.of(parts));
  }

  /**
   * The text for a key.
   *
   * @param cells names and values as JSON, by turns, in the key's order
   */
  String ofKey(String table, List<String> cells) {
    StringBuilder text = new StringBuilder();
    for (String cell : cells) {
      text.append(cell.length()).append(':').append(cell);
    }
    return of("key", table, text.toString());
  }
}
