package dev.orderwire.mysql.virtual;

import dev.orderwire.mysql.virtual.Token.TokenType;
import java.util.List;

/** Reads the tokens of one expression one by one. */
final class TokenReader {
  private final String expression;
  private final List<Token> tokens;
  private int next;

  TokenReader(String expression) {
    this.expression = expression;
    this.tokens = Token.all(expression);
  }

  /** The index of the next token. */
  int position() {
    return next;
  }

  Token peek() {
    return tokens.get(next);
  }

  /** Takes the next token; an {@link TokenType#END} stays. */
  Token take() {
    Token token = peek();
    if (token.type() != TokenType.END) {
      next++;
    }
    return token;
  }

  boolean takeIf(String text) {
    boolean found = peek().is(text);
    if (found) {
      take();
    }
    return found;
  }

  /**
   * Takes a token that must come now.
   *
   * @param start where the part begins that needs it
   */
  void require(String text, int start) {
    if (!takeIf(text)) {
      throw unknown(start);
    }
  }

  /** The text from the token at {@code start} to the newest one that was taken. */
  String part(int start) {
    int last = Math.max(start, next - 1);
    return expression.substring(tokens.get(start).start(), tokens.get(last).end());
  }

  SessionDependent unknown(int start) {
    return new SessionDependent(part(start), "");
  }
}
