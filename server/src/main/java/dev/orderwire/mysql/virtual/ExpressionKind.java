package dev.orderwire.mysql.virtual;

import static dev.orderwire.mysql.virtual.Kind.BYTES;
import static dev.orderwire.mysql.virtual.Kind.LITERAL;
import static dev.orderwire.mysql.virtual.Kind.NULL;
import static dev.orderwire.mysql.virtual.Kind.NUMERIC;
import static dev.orderwire.mysql.virtual.Kind.SIGNED;
import static dev.orderwire.mysql.virtual.Kind.TEXT;
import static dev.orderwire.mysql.virtual.Kind.UNSIGNED;

import dev.orderwire.mysql.virtual.Token.TokenType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Finds out the kind of an expression, part by part. Expressions are read as SHOW CREATE TABLE
 * writes them: each operation stands in parentheses, so precedence does not matter. For one
 * expression.
 */
final class ExpressionKind {
  private static final Set<String> WORDS = Set.of("is", "not", "between", "in", "like", "collate");

  /** A larger integer is unsigned. */
  private static final int SIGNED_DIGITS = 18;

  private final TokenReader tokens;
  private final Map<String, Kind> columns;
  private final SpecialForms special;

  private ExpressionKind(String expression, Map<String, Kind> columns) {
    this.tokens = new TokenReader(expression);
    this.columns = columns;
    this.special = new SpecialForms(tokens, this);
  }

  /**
   * The kind of an expression.
   *
   * @param columns the kinds of the table's columns
   * @throws SessionDependent if its value may depend on the session
   */
  static Kind of(String expression, Map<String, Kind> columns) {
    ExpressionKind reading = new ExpressionKind(expression, columns);
    Kind kind = reading.operation();
    if (reading.tokens.peek().type() != TokenType.END) {
      throw new SessionDependent(expression, "");
    }
    return kind;
  }

  /** A value, or several with one operator between them. */
  Kind operation() {
    int start = tokens.position();
    Kind kind = prefixed();
    String only = "";
    for (String operator = operator(); !operator.isEmpty(); operator = operator()) {
      if (!only.isEmpty() && !only.equals(operator)) {
        throw tokens.unknown(start);
      }
      only = operator;
      kind = applied(operator, kind, start);
    }
    return kind;
  }

  /** Takes the next operator; empty if there is none. */
  private String operator() {
    Token token = tokens.peek();
    boolean isOperator =
        (token.type() == TokenType.NAME || token.type() == TokenType.SYMBOL)
            && (WORDS.contains(token.text()) || Operators.isInfix(token.text()));
    return isOperator ? tokens.take().text() : "";
  }

  private Kind applied(String operator, Kind left, int start) {
    switch (operator) {
      case "is" -> requireTest(left, start);
      case "not" -> {
        Token negated = tokens.peek();
        if (!negated.is("between") && !negated.is("in") && !negated.is("like")) {
          throw tokens.unknown(start);
        }
        return applied(tokens.take().text(), left, start);
      }
      case "between" -> {
        Kind low = prefixed();
        tokens.require("and", start);
        Kind high = prefixed();
        Operators.requireComparable(left, low, tokens.part(start));
        Operators.requireComparable(left, high, tokens.part(start));
      }
      case "in" -> {
        tokens.require("(", start);
        for (Kind value : arguments(start)) {
          Operators.requireComparable(left, value, tokens.part(start));
        }
      }
      case "like" -> requirePattern(left, start);
      case "collate" -> {
        tokens.take();
        Operators.requireAll(EnumSet.of(TEXT, LITERAL), tokens.part(start), left);
        return TEXT;
      }
      default -> {
        Kind right = prefixed();
        return Operators.result(operator, left, right, tokens.part(start));
      }
    }
    return SIGNED;
  }

  private void requireTest(Kind left, int start) {
    tokens.takeIf("not");
    String test = tokens.take().text();
    if (test.equals("null")) {
      return;
    }
    if (!Set.of("true", "false", "unknown").contains(test)) {
      throw tokens.unknown(start);
    }
    Operators.requireAll(NUMERIC, tokens.part(start), left);
  }

  private void requirePattern(Kind left, int start) {
    Token pattern = tokens.take();
    if (pattern.type() != TokenType.STRING || tokens.peek().is("escape")) {
      throw tokens.unknown(start);
    }
    Operators.requireMatchable(left, pattern.text(), tokens.part(start));
  }

  private Kind prefixed() {
    int start = tokens.position();
    if (tokens.takeIf("-") || tokens.takeIf("not") || tokens.takeIf("!")) {
      Kind operand = prefixed();
      Operators.requireAll(NUMERIC, tokens.part(start), operand);
      return SIGNED;
    }
    if (tokens.takeIf("~")) {
      Kind operand = prefixed();
      Operators.requireAll(NUMERIC, tokens.part(start), operand);
      return UNSIGNED;
    }
    return value();
  }

  private Kind value() {
    int start = tokens.position();
    Token token = tokens.take();
    return switch (token.type()) {
      case COLUMN -> {
        Kind kind = columns.get(token.text());
        if (kind == null) {
          throw tokens.unknown(start);
        }
        yield kind;
      }
      case NUMBER ->
          token.text().matches("\\d+") && token.text().length() > SIGNED_DIGITS ? UNSIGNED : SIGNED;
      case HEX -> BYTES;
      case STRING -> literal(token);
      case NAME -> tokens.takeIf("(") ? call(token.text(), start) : word(token.text(), start);
      case SYMBOL -> {
        if (!token.is("(")) {
          throw tokens.unknown(start);
        }
        yield closed(_ -> operation(), start);
      }
      case END -> throw tokens.unknown(start);
    };
  }

  private static Kind literal(Token token) {
    Operators.requireNoEscape(token.text());
    return token.text().startsWith("_binary") ? BYTES : LITERAL;
  }

  private Kind word(String word, int start) {
    return switch (word) {
      case "null" -> NULL;
      case "true", "false" -> SIGNED;
      case "case" -> special.choice(start);
      default -> throw tokens.unknown(start);
    };
  }

  private Kind call(String name, int start) {
    return switch (name) {
      case "cast" -> closed(special::cast, start);
      case "convert" -> closed(special::convert, start);
      case "extract" -> closed(special::extract, start);
      case "timestampdiff" -> closed(special::timestampdiff, start);
      case "date_format" -> closed(special::dateFormat, start);
      case "trim" -> closed(special::trim, start);
      case "lpad", "rpad" -> closed(special::pad, start);
      default -> function(name, arguments(start), tokens.part(start));
    };
  }

  private static Kind function(String name, List<Kind> arguments, String part) {
    return switch (name) {
      case "if" -> {
        Operators.requireAll(NUMERIC, part, arguments.getFirst());
        yield Operators.either(arguments.subList(1, arguments.size()), part);
      }
      case "ifnull", "coalesce" -> Operators.either(arguments, part);
      case "nullif" -> {
        Operators.requireComparable(arguments.getFirst(), arguments.getLast(), part);
        yield Operators.either(arguments.subList(0, 1), part);
      }
      case "isnull" -> SIGNED;
      default -> {
        Signature known = Functions.named(name).orElseThrow(() -> new SessionDependent(part, ""));
        known.requireAll(arguments, part);
        yield known.result().apply(arguments);
      }
    };
  }

  /** The kinds of the arguments up to the closing parenthesis, which is taken too. */
  private List<Kind> arguments(int start) {
    List<Kind> kinds = new ArrayList<>();
    while (!tokens.takeIf(")")) {
      if (!kinds.isEmpty()) {
        tokens.require(",", start);
      }
      kinds.add(operation());
    }
    return kinds;
  }

  private Kind closed(IntFunction<Kind> inner, int start) {
    Kind kind = inner.apply(start);
    tokens.require(")", start);
    return kind;
  }
}
