package dev.orderwire.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is demanded of a parser: for any input it gives a result, or refuses it with an error that
 * says that the client is at fault. No other exception leaves it, and no error of the JVM.
 */
public final class Parsing {
  /** The length beyond which an error does not quote its input whole. */
  private static final int LONGEST_MESSAGE = 2_000;

  private Parsing() {}

  /** The result; null if the input was refused. */
  public static <T> @Nullable T accepted(Supplier<T> parsing) {
    try {
      return parsing.get();
    } catch (OrderwireException refusal) {
      requireClientsFault(refusal);
      return null;
    }
  }

  /** Fails if the refusal is not one for which the client is at fault. */
  public static void requireClientsFault(OrderwireException refusal) {
    ErrorCode code = refusal.code();
    assertThat(code.retryable()).as(refusal.toString()).isFalse();
    assertThat(code.status()).as(refusal.toString()).isBetween(400, 431);
    assertThat(refusal).message().isNotBlank().hasSizeLessThan(LONGEST_MESSAGE);
  }
}
