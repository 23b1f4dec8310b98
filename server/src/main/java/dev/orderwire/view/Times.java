package dev.orderwire.view;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads dates and times as numbers with the same order: {@code 2026-11-22T10:00:00.5} is {@code
 * 20261122100000.5}. Not as {@code java.time}, because MySQL also stores days that do not exist,
 * such as {@code 0000-00-00} and {@code 2026-02-31}, and orders them too.
 */
final class Times {
  private static final String DAY = "(\\d{4})-(\\d\\d)-(\\d\\d)";
  private static final String FRACTION = "(?:\\.(?<fraction>\\d{1,9}))?";

  private static final Pattern DATETIME =
      Pattern.compile(
          DAY + "(?:[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)" + FRACTION + ")?(Z|[+-]\\d\\d:?\\d\\d)?)?");

  private static final Pattern TIME =
      Pattern.compile("(-?)(\\d{1,3}):(\\d\\d)(?::(\\d\\d)" + FRACTION + ")?");

  private static final BigDecimal LONGEST_TIME = BigDecimal.valueOf(838 * 3600 + 59 * 60 + 59);

  private Times() {}

  static @Nullable Value date(String text) {
    return text.length() == "2026-11-22".length() ? datetime(text) : null;
  }

  /** Midnight if there is no time of day; null if there is an offset. */
  static @Nullable Value datetime(String text) {
    Matcher parts = DATETIME.matcher(text);
    return parts.matches() && parts.group(8) == null ? asWritten(parts) : null;
  }

  /** In UTC; a time without an offset is taken as UTC. */
  static @Nullable Value timestamp(String text) {
    Matcher parts = DATETIME.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    String offset = parts.group(8);
    return offset == null || offset.equals("Z") ? asWritten(parts) : inUtc(parts, offset);
  }

  /** In seconds; a TIME of MySQL may be a duration as well as a time of day. */
  static @Nullable Value time(String text) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches() || at(parts, 3) > 59 || at(parts, 4) > 59) {
      return null;
    }
    BigDecimal seconds =
        BigDecimal.valueOf(at(parts, 2) * 3600L + at(parts, 3) * 60L + at(parts, 4))
            .add(fraction(parts));
    if (seconds.compareTo(LONGEST_TIME) > 0) {
      return null;
    }
    return new Value.Exact(parts.group(1).isEmpty() ? seconds : seconds.negate());
  }

  private static @Nullable Value asWritten(Matcher parts) {
    if (at(parts, 2) > 12
        || at(parts, 3) > 31
        || at(parts, 4) > 23
        || at(parts, 5) > 59
        || at(parts, 6) > 59) {
      return null;
    }
    long digits = 0;
    for (int part = 1; part <= 6; part++) {
      digits = digits * 100 + at(parts, part);
    }
    return new Value.Exact(BigDecimal.valueOf(digits).add(fraction(parts)));
  }

  private static @Nullable Value inUtc(Matcher parts, String offset) {
    try {
      LocalDateTime there =
          LocalDateTime.of(
              at(parts, 1), at(parts, 2), at(parts, 3), at(parts, 4), at(parts, 5), at(parts, 6));
      LocalDateTime utc = there.minusSeconds(ZoneOffset.of(offset).getTotalSeconds());
      long day = utc.getYear() * 10_000L + utc.getMonthValue() * 100L + utc.getDayOfMonth();
      long time = utc.getHour() * 10_000L + utc.getMinute() * 100L + utc.getSecond();
      return new Value.Exact(BigDecimal.valueOf(day * 1_000_000 + time).add(fraction(parts)));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static int at(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static BigDecimal fraction(Matcher parts) {
    String digits = parts.group("fraction");
    return digits == null ? BigDecimal.ZERO : new BigDecimal("0." + digits);
  }
}
