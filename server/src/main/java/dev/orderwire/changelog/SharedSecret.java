package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Mysql;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A secret that all servers of a database share, in the {@link StateTable}. With it they replace
 * values that clients may not see, all in the same way.
 */
public final class SharedSecret {
  private static final String STATE = "secret";
  private static final int BYTES = 32;

  private SharedSecret() {}

  /**
   * The secret. The first call makes it.
   *
   * @return 32 bytes
   * @throws OrderwireException {@code mysql_unavailable}, {@code mysql_failed}
   */
  public static byte[] of(Mysql mysql) {
    try (Connection connection = mysql.connect()) {
      Optional<JsonNode> known = StateTable.read(connection, STATE);
      if (known.isEmpty()) {
        StateTable.writeFirst(connection, STATE, random());
        known = StateTable.read(connection, STATE);
      }
      return Base64.getDecoder().decode(known.orElseThrow().path("secret").asString());
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  private static JsonNode random() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return JsonMapper.shared()
        .createObjectNode()
        .put("secret", Base64.getEncoder().encodeToString(secret));
  }
}
