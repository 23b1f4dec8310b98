package dev.orderwire.mysql.virtual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token of an expression as SHOW CREATE TABLE writes it.
 *
 * @param text a name in lower case, a column's name without its quotes, a literal as written
 * @param start where it begins in the expression
 * @param end the index after its last character
 */
record Token(TokenType type, String text, int start, int end) {
  /** What a token is. */
  enum TokenType {
    NAME,
    COLUMN,
    NUMBER,
    STRING,
    HEX,
    SYMBOL,
    END
  }

  private static final Pattern TOKEN =
      Pattern.compile(
          """
          \\s*+(?:\
          (`(?:[^`]++|``)*+`)|\
          (0x[0-9a-f]++|x'[0-9a-f]*+'|0b[01]++|b'[01]*+')|\
          ((?:_[a-z0-9]++ ?+)?+'(?:[^'\\\\]++|\\\\.|'')*+')|\
          ([0-9]++(?:\\.[0-9]*+)?+(?:e[-+]?+[0-9]++)?+)|\
          ([a-z_][a-z0-9_]*+)|\
          (<=>|<=|>=|<>|!=|<<|>>|.)\
          )\
          """,
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** The tokens of an expression, and an {@link TokenType#END} after them. */
  static List<Token> all(String expression) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(expression);
    int end = 0;
    while (matcher.find(end) && matcher.start() == end) {
      end = matcher.end();
      tokens.add(token(matcher));
    }
    tokens.add(new Token(TokenType.END, "", expression.length(), expression.length()));
    return tokens;
  }

  private static Token token(Matcher matcher) {
    TokenType[] types = {
      TokenType.COLUMN,
      TokenType.HEX,
      TokenType.STRING,
      TokenType.NUMBER,
      TokenType.NAME,
      TokenType.SYMBOL
    };
    for (int group = 1; group < types.length; group++) {
      if (matcher.start(group) >= 0) {
        return of(types[group - 1], matcher.group(group), matcher.start(group));
      }
    }
    return of(TokenType.SYMBOL, matcher.group(types.length), matcher.start(types.length));
  }

  private static Token of(TokenType type, String written, int start) {
    String text =
        switch (type) {
          case COLUMN -> written.substring(1, written.length() - 1).replace("``", "`");
          case NAME -> written.toLowerCase(Locale.ROOT);
          case NUMBER, STRING, HEX, SYMBOL, END -> written;
        };
    return new Token(type, text, start, start + written.length());
  }

  boolean is(String symbolOrName) {
    return (type == TokenType.SYMBOL || type == TokenType.NAME) && text.equals(symbolOrName);
  }
}
