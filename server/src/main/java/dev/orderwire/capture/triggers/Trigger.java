package dev.orderwire.capture.triggers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.change.Op;
import dev.orderwire.mysql.sql.Sql;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A trigger to create. It runs with the rights of its creator (MySQL's DEFINER), so the
 * application's users need no privilege on the change log.
 */
public record Trigger(String name, String table, Op op, String body, TriggerGuard guard) {
  /** MySQL's limit, in characters. */
  private static final int LONGEST_NAME = 64;

  private static final String PREFIX = "orderwire_";
  private static final int HASH_BYTES = 4;

  /** The name of a trigger, if it is free and short enough. */
  static String plainName(String table, Op op) {
    String name = PREFIX + table + "_" + op.text();
    return name.length() <= LONGEST_NAME ? name : hashedName(table, op, 0);
  }

  /**
   * A name that two tables cannot share.
   *
   * @param attempt yields another name if one is taken nevertheless
   */
  static String hashedName(String table, Op op, int attempt) {
    String end = "_" + hash(table + attempt) + "_" + op.text();
    int room = LONGEST_NAME - PREFIX.length() - end.length();
    return PREFIX + table.substring(0, Math.min(room, table.length())) + end;
  }

  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  String createSql() {
    return createSql("");
  }

  /** Creates it so that it runs right before another trigger of the table. */
  String createBeforeSql(String other) {
    return createSql("PRECEDES " + Sql.quote(other) + " ");
  }

  private String createSql(String order) {
    return "CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW %s%s"
        .formatted(Sql.quote(name), event(op), Sql.quote(table), order, guard.around(body));
  }

  /**
   * The end of the statement of every trigger that does this, without its guard. MySQL puts a
   * definer before the name.
   */
  static Pattern definition(String table, Op op, String body) {
    return Pattern.compile(
        " AFTER %s ON %s FOR EACH ROW (?:PRECEDES `(?:[^`]|``)+` )?%s$"
            .formatted(
                event(op),
                Pattern.quote(Sql.quote(table)),
                Pattern.quote(TriggerGuard.START + body + "END IF;\nEND")));
  }

  private static String event(Op op) {
    return op.text().toUpperCase(Locale.ROOT);
  }

  static String dropSql(String name) {
    return "DROP TRIGGER IF EXISTS " + Sql.quote(name);
  }
}
