package dev.orderwire.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Orders a second on the command line. */
final class Rate implements ITypeConverter<Double> {
  private static final double MOST = 10_000;

  @Override
  public Double convert(String text) {
    try {
      double rate = Double.parseDouble(text);
      if (rate >= 0 && rate <= MOST) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of bounds.
    }
    throw new TypeConversionException(
        "'%s' is not a number of orders a second: 0 to %.0f".formatted(text, MOST));
  }
}
