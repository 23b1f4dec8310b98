package dev.orderwire.cli.values;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of minutes on the command line. */
public final class Minutes implements ITypeConverter<Duration> {
  /** A year. */
  private static final int MAX = 525_600;

  @Override
  public Duration convert(String text) {
    try {
      int minutes = Integer.parseInt(text);
      if (minutes >= 1 && minutes <= MAX) {
        return Duration.ofMinutes(minutes);
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    throw new TypeConversionException(
        "'%s' is not a number of minutes from 1 to %d".formatted(text, MAX));
  }
}
