package dev.orderwire.mysql.virtual;

import static dev.orderwire.mysql.virtual.Kind.ASCII;
import static dev.orderwire.mysql.virtual.Kind.BYTES;
import static dev.orderwire.mysql.virtual.Kind.CHAR;
import static dev.orderwire.mysql.virtual.Kind.DATE;
import static dev.orderwire.mysql.virtual.Kind.LITERAL;
import static dev.orderwire.mysql.virtual.Kind.NULL;
import static dev.orderwire.mysql.virtual.Kind.NUMERIC;
import static dev.orderwire.mysql.virtual.Kind.PRINTABLE;
import static dev.orderwire.mysql.virtual.Kind.TEXT;
import static dev.orderwire.mysql.virtual.Kind.TIME;
import static dev.orderwire.mysql.virtual.Kind.UNSIGNED;

import dev.orderwire.mysql.virtual.Token.TokenType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Calls that have words between their arguments, or that depend on what an argument says. Each
 * method begins after the opening parenthesis and ends before the closing one.
 */
final class SpecialForms {
  /** All specifiers of DATE_FORMAT but those with names. */
  private static final Pattern NUMERIC_FORMAT =
      Pattern.compile("(?:[^%\\\\]|%[cdefHhIijklmpSsTyYuUvVwxX%])*+");

  private static final Set<String> OF_TIME = Set.of("hour", "minute", "second", "microsecond");
  private static final Set<String> OF_DATE = Set.of("year", "quarter", "month", "week", "day");

  /** A longer text could exceed max_allowed_packet in some session, and become NULL there. */
  private static final int LONGEST_NUMBER_OF_CHARACTERS = 3;

  private final TokenReader tokens;
  private final ExpressionKind expressions;

  SpecialForms(TokenReader tokens, ExpressionKind expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** After CASE, up to END. */
  Kind choice(int start) {
    boolean compares = !tokens.peek().is("when");
    Kind compared = compares ? expressions.operation() : NULL;
    List<Kind> results = new ArrayList<>();
    while (tokens.takeIf("when")) {
      Kind condition = expressions.operation();
      if (compares) {
        Operators.requireComparable(compared, condition, tokens.part(start));
      } else {
        Operators.requireAll(NUMERIC, tokens.part(start), condition);
      }
      tokens.require("then", start);
      results.add(expressions.operation());
    }
    if (tokens.takeIf("else")) {
      results.add(expressions.operation());
    }
    tokens.require("end", start);
    return Operators.either(results, tokens.part(start));
  }

  Kind cast(int start) {
    Kind value = expressions.operation();
    tokens.require("as", start);
    String type = tokens.take().text();
    if (tokens.takeIf("(")) {
      while (!tokens.takeIf(")")) {
        if (tokens.take().type() == TokenType.END) {
          throw tokens.unknown(start);
        }
      }
    }
    if (!type.equals("char")) {
      return Operators.cast(value, type, tokens.part(start));
    }
    tokens.require("charset", start);
    return Operators.text(value, tokens.take().text(), tokens.part(start));
  }

  Kind convert(int start) {
    Kind value = expressions.operation();
    tokens.require("using", start);
    return Operators.text(value, tokens.take().text(), tokens.part(start));
  }

  Kind extract(int start) {
    String unit = tokens.take().text();
    tokens.require("from", start);
    requireDate(expressions.operation(), OF_TIME.contains(unit), start);
    // The weeks of EXTRACT follow default_week_format.
    return unit.equals("week") ? unknown(start) : number(unit, start);
  }

  Kind timestampdiff(int start) {
    String unit = tokens.take().text();
    for (int i = 0; i < 2; i++) {
      tokens.require(",", start);
      requireDate(expressions.operation(), false, start);
    }
    return number(unit, start);
  }

  private Kind number(String unit, int start) {
    return OF_TIME.contains(unit) || OF_DATE.contains(unit) ? UNSIGNED : unknown(start);
  }

  private Kind unknown(int start) {
    throw tokens.unknown(start);
  }

  private void requireDate(Kind found, boolean orTime, int start) {
    boolean accepted = found == DATE || found == NULL || (orTime && found == TIME);
    if (!accepted) {
      throw new SessionDependent(tokens.part(start), Signature.dateReason(found));
    }
  }

  Kind dateFormat(int start) {
    requireDate(expressions.operation(), false, start);
    tokens.require(",", start);
    Token format = tokens.take();
    String text = format.text().substring(format.text().indexOf('\'') + 1);
    if (format.type() != TokenType.STRING || !NUMERIC_FORMAT.matcher(text).matches()) {
      throw new SessionDependent(
          tokens.part(start), "the names of days and months depend on lc_time_names");
    }
    return ASCII;
  }

  Kind trim(int start) {
    if (Stream.of("leading", "trailing", "both").noneMatch(tokens::takeIf)) {
      Kind value = expressions.operation();
      // Padded or not, a CHAR has no spaces at its end then.
      Operators.requireAll(
          Kind.union(PRINTABLE, EnumSet.of(BYTES, CHAR)), tokens.part(start), value);
      return Kind.text(List.of(value));
    }
    Kind removed = expressions.operation();
    tokens.require("from", start);
    Kind value = expressions.operation();
    Operators.requireAll(EnumSet.of(TEXT, LITERAL), tokens.part(start), removed);
    Operators.requireAll(PRINTABLE, tokens.part(start), value);
    return Kind.text(List.of(value, removed));
  }

  Kind pad(int start) {
    Kind value = expressions.operation();
    tokens.require(",", start);
    Token length = tokens.take();
    tokens.require(",", start);
    Kind padding = expressions.operation();
    if (length.type() != TokenType.NUMBER
        || length.text().length() > LONGEST_NUMBER_OF_CHARACTERS) {
      throw new SessionDependent(
          tokens.part(start), "a text above the session's max_allowed_packet becomes NULL");
    }
    Operators.requireAll(PRINTABLE, tokens.part(start), value);
    Operators.requireAll(EnumSet.of(TEXT, LITERAL), tokens.part(start), padding);
    return Kind.text(List.of(value, padding));
  }
}
