package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The least time between two messages of a subscription. With a pace, it gets only the newest state
 * of each row.
 *
 * @param every zero for every change at once
 */
public record Pace(Duration every) {
  public static final Pace AT_ONCE = new Pace(Duration.ZERO);

  private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})(ms|s)");
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /**
   * Reads the {@code conflate} of a request.
   *
   * @throws OrderwireException {@code bad_conflate}
   */
  public static Pace of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      Duration every =
          matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
      if (every.compareTo(SHORTEST) >= 0 && every.compareTo(LONGEST) <= 0) {
        return new Pace(every);
      }
    }
    throw new OrderwireException(
        ErrorCode.BAD_CONFLATE,
        "conflate must be a time from 10ms to 60s, such as \"100ms\" or \"2s\"");
  }

  public boolean isAtOnce() {
    return every.isZero();
  }
}
