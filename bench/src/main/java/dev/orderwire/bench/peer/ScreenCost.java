package dev.orderwire.bench.peer;

/**
 * What a screen cost.
 *
 * @param firstBytes bytes until it showed all orders for the first time
 * @param laterBytes bytes after that
 * @param queries all queries that MySQL received; the server makes some even without a screen
 * @param listQueries queries for rows of the table
 * @param rowsRead rows that MySQL read from the table
 * @param compressed whether the server compressed what it sent
 */
public record ScreenCost(
    double seconds,
    long firstBytes,
    long laterBytes,
    long queries,
    long listQueries,
    long rowsRead,
    boolean compressed) {
  public double bytesPerSecond() {
    return laterBytes / seconds;
  }

  public double queriesPerSecond() {
    return queries / seconds;
  }
}
