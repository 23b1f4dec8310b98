package dev.orderwire.view;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.function.ToIntFunction;

/**
 * How large a {@code where} may be.
 *
 * @param numbers the number of each limit
 */
public record WhereLimits(ToIntFunction<WhereLimit> numbers) {
  public static final WhereLimits DEFAULT = new WhereLimits(WhereLimit::number);

  /** For a {@code where} that was accepted before. */
  static final WhereLimits NONE = new WhereLimits(_ -> Integer.MAX_VALUE);

  /** The {@code where} of a client is over a limit. */
  public static final class ExceededException extends OrderwireException {
    private static final long serialVersionUID = 1L;

    private final WhereLimit limit;

    private ExceededException(WhereLimit limit, int most) {
      super(
          ErrorCode.BAD_WHERE,
          "a where has at most %d %s, and this one has more: shorten it, or subscribe to several views"
              .formatted(most, limit.sentence()));
      this.limit = limit;
    }

    public WhereLimit limit() {
      return limit;
    }
  }

  /**
   * @throws ExceededException {@code bad_where} if {@code found} is over the limit
   */
  void check(WhereLimit limit, int found) {
    int most = numbers.applyAsInt(limit);
    if (found > most) {
      throw new ExceededException(limit, most);
    }
  }
}
