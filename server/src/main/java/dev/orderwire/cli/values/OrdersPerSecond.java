package dev.orderwire.cli.values;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of orders a second on the command line. */
public final class OrdersPerSecond implements ITypeConverter<Double> {
  private static final double MAX = 10_000;

  @Override
  public Double convert(String text) {
    try {
      double rate = Double.parseDouble(text);
      if (rate >= 0 && rate <= MAX) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    throw new TypeConversionException(
        "'%s' is not a number of orders a second from 0 to %.0f".formatted(text, MAX));
  }
}
