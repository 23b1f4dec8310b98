package dev.orderwire.capture.triggers;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets a new trigger replace an old one while the application writes. As long as both exist, the
 * new one runs first: it logs the change, and leaves the old one's id in a session variable. The
 * old one finds its own id there and skips the change. So each change is logged once before, during
 * and after the replacement, and no table is locked for longer than MySQL needs to create or drop
 * one trigger.
 *
 * @param id of this trigger; never used again, because sessions keep the variable
 * @param replaces the id of the trigger that this one replaces; null if there is none
 */
record TriggerGuard(String id, @Nullable String replaces) {
  /** The beginning of each of Orderwire's triggers. */
  static final String START = "orderwire: BEGIN\n";

  private static final Pattern TEXT =
      Pattern.compile(
          """
          IF @orderwire_logged <=> '([a-z0-9]+)' THEN
          SET @orderwire_logged = (?:NULL|'([a-z0-9]+)');
          ELSE
          SET @orderwire_logged = (?:NULL|'[a-z0-9]+');
          """);

  private static final SecureRandom RANDOM = new SecureRandom();

  /** A guard with a new id. */
  static TriggerGuard fresh(@Nullable String replaces) {
    return new TriggerGuard(new BigInteger(60, RANDOM).toString(36), replaces);
  }

  /** The guard in the statement of an installed trigger; null if it has none. */
  static @Nullable TriggerGuard in(String sql) {
    Matcher found = TEXT.matcher(sql);
    return found.find() ? new TriggerGuard(found.group(1), found.group(2)) : null;
  }

  /** The statement of a trigger without its guard. Triggers that do the same share it. */
  static String without(String sql) {
    return TEXT.matcher(sql).replaceFirst("");
  }

  /** The body of a trigger that runs the block under this guard. */
  String around(String block) {
    return START + text() + block + "END IF;\nEND";
  }

  private String text() {
    String next = replaces == null ? "NULL" : "'" + replaces + "'";
    return """
    IF @orderwire_logged <=> '%s' THEN
    SET @orderwire_logged = %s;
    ELSE
    SET @orderwire_logged = %s;
    """
        .formatted(id, next, next);
  }
}
