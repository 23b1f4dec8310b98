package dev.orderwire.capture.triggers;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What lets one trigger take over from another while the application writes. For as long as both
 * stand on the table, the new one comes first, writes the change down, and leaves the old one's id
 * in a variable of the session; the old one finds its own id there, and leaves the change alone. So
 * a change is logged once, before, while and after the old one goes, and no table needs to be
 * locked for longer than MySQL locks it to create or drop one trigger.
 *
 * @param id of this trigger; no two triggers ever share one, as sessions remember
 * @param replaces the id of the trigger that this one takes over from, if there is one
 */
record TriggerGuard(String id, @Nullable String replaces) {
  /** How every trigger of ours begins. */
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

  static TriggerGuard fresh(@Nullable String replaces) {
    return new TriggerGuard(new BigInteger(60, RANDOM).toString(36), replaces);
  }

  /** That of a trigger which stands in the database; null where it has none. */
  static @Nullable TriggerGuard in(String sql) {
    Matcher found = TEXT.matcher(sql);
    return found.find() ? new TriggerGuard(found.group(1), found.group(2)) : null;
  }

  /** The statement of a trigger without its guard: what two triggers that do the same share. */
  static String without(String sql) {
    return TEXT.matcher(sql).replaceFirst("");
  }

  /** Puts the guard before a block. */
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
