package dev.orderwire.mysql.virtual;

import static dev.orderwire.mysql.virtual.Kind.BYTES;
import static dev.orderwire.mysql.virtual.Kind.DATE;
import static dev.orderwire.mysql.virtual.Kind.JSON;
import static dev.orderwire.mysql.virtual.Kind.LITERAL;
import static dev.orderwire.mysql.virtual.Kind.NULL;
import static dev.orderwire.mysql.virtual.Kind.NUMBERS;
import static dev.orderwire.mysql.virtual.Kind.NUMERIC;
import static dev.orderwire.mysql.virtual.Kind.PRINTABLE;
import static dev.orderwire.mysql.virtual.Kind.SIGNED;
import static dev.orderwire.mysql.virtual.Kind.STRINGS;
import static dev.orderwire.mysql.virtual.Kind.TEXT;
import static dev.orderwire.mysql.virtual.Kind.TIME;
import static dev.orderwire.mysql.virtual.Kind.UNSIGNED;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which operators depend on nothing but their operands. */
final class Operators {
  private static final Set<String> COMPARISONS =
      Set.of("=", "<=>", "<>", "!=", "<", "<=", ">", ">=");
  private static final Set<String> LOGIC = Set.of("and", "or", "xor");
  private static final Set<String> BITS = Set.of("&", "|", "^", "<<", ">>");

  /** Pairs of kinds whose comparison has one result, apart from two numbers. */
  private static final Set<Set<Kind>> COMPARABLE =
      Set.of(
          Set.of(TEXT),
          Set.of(TEXT, LITERAL),
          Set.of(TEXT, SIGNED),
          Set.of(TEXT, UNSIGNED),
          Set.of(JSON),
          Set.of(JSON, LITERAL),
          Set.of(JSON, SIGNED),
          Set.of(JSON, UNSIGNED),
          Set.of(DATE),
          Set.of(TIME),
          Set.of(BYTES));

  private Operators() {}

  static boolean isInfix(String operator) {
    return COMPARISONS.contains(operator)
        || LOGIC.contains(operator)
        || BITS.contains(operator)
        || Set.of("+", "-", "*", "/", "%", "div", "mod").contains(operator);
  }

  /**
   * The kind of the result.
   *
   * @param part the operation, as it stands in the expression
   * @throws SessionDependent if it may depend on the session
   */
  static Kind result(String operator, Kind left, Kind right, String part) {
    if (COMPARISONS.contains(operator)) {
      requireComparable(left, right, part);
      return SIGNED;
    }
    requireAll(NUMERIC, part, left, right);
    if (operator.equals("/")) {
      throw new SessionDependent(
          part, "the digits of a quotient depend on the session's div_precision_increment");
    }
    Kind number = Kind.number(List.of(left, right));
    if (operator.equals("-") && number != SIGNED) {
      throw new SessionDependent(
          part, "a difference of unsigned numbers depends on the sql_mode NO_UNSIGNED_SUBTRACTION");
    }
    return LOGIC.contains(operator) ? SIGNED : BITS.contains(operator) ? UNSIGNED : number;
  }

  static void requireComparable(Kind left, Kind right, String part) {
    boolean comparable =
        left == NULL
            || right == NULL
            || (NUMBERS.contains(left) && NUMBERS.contains(right))
            || COMPARABLE.contains(EnumSet.of(left, right));
    if (!comparable) {
      boolean anyDate = left == DATE || right == DATE || left == TIME || right == TIME;
      throw new SessionDependent(
          part,
          anyDate
              ? "text and numbers become dates as the session's time_zone and sql_mode say"
              : reason(List.of(left, right)));
    }
  }

  static void requireAll(Set<Kind> accepted, String part, Kind... found) {
    List<Kind> others = Arrays.stream(found).filter(kind -> !accepted.contains(kind)).toList();
    if (!others.isEmpty()) {
      throw new SessionDependent(part, reason(others));
    }
  }

  /** The kind of a value that is one of these, as in IF or COALESCE. */
  static Kind either(Collection<Kind> kinds, String part) {
    Set<Kind> all = EnumSet.copyOf(kinds);
    all.remove(NULL);
    if (all.isEmpty()) {
      return NULL;
    }
    if (all.size() == 1 && PRINTABLE.contains(all.iterator().next()) && !all.contains(TIME)) {
      return all.iterator().next();
    }
    if (NUMBERS.containsAll(all)) {
      return Kind.number(all);
    }
    if (EnumSet.of(TEXT, LITERAL, Kind.ASCII, SIGNED, UNSIGNED).containsAll(all)) {
      return Kind.text(all);
    }
    if (all.equals(Set.of(BYTES))) {
      return BYTES;
    }
    throw new SessionDependent(part, reason(all));
  }

  private static String reason(Collection<Kind> kinds) {
    return kinds.stream()
        .map(Kind::reason)
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Whether a LIKE with this pattern has one result. */
  static void requireMatchable(Kind text, String pattern, String part) {
    requireAll(EnumSet.of(NULL, TEXT, JSON), part, text);
    requireNoEscape(pattern);
  }

  /** MySQL reads the expression anew in a session that opens the table, in its sql_mode. */
  static void requireNoEscape(String literal) {
    if (literal.contains("\\")) {
      throw new SessionDependent(
          literal, "a backslash depends on the sql_mode NO_BACKSLASH_ESCAPES");
    }
  }

  /** The kind of a CAST or CONVERT to a character set. */
  static Kind text(Kind value, String characterSet, String part) {
    boolean binary = characterSet.equals("binary");
    requireAll(binary ? Kind.KNOWN_BYTES : PRINTABLE, part, value);
    return binary ? BYTES : LITERAL;
  }

  /** The kind of a CAST to another type than CHAR. */
  static Kind cast(Kind value, String type, String part) {
    return switch (type) {
      case "signed", "decimal" -> {
        requireAll(NUMERIC, part, value);
        yield SIGNED;
      }
      case "unsigned" -> {
        requireAll(NUMERIC, part, value);
        yield UNSIGNED;
      }
      case "json" -> {
        requireAll(Kind.union(STRINGS, EnumSet.of(SIGNED, UNSIGNED, JSON)), part, value);
        yield JSON;
      }
      case "date", "datetime", "time", "year" ->
          throw new SessionDependent(
              part, "a cast to a time depends on the session's time_zone and sql_mode");
      default -> throw new SessionDependent(part, "");
    };
  }
}
