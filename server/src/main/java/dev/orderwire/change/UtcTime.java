package dev.orderwire.change;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points in time as Orderwire writes them. */
public final class UtcTime {
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private UtcTime() {}

  /** In ISO 8601, in UTC, with six digits of the second. */
  public static String text(Instant time) {
    return MICROSECONDS.format(time);
  }
}
