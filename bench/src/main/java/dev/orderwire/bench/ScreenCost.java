package dev.orderwire.bench;

/**
 * What a screen cost.
 *
 * @param firstBytes bytes until it showed all orders for the first time
 * @param laterBytes bytes after that
 * @param queries queries that MySQL received, including those that the server makes without a
 *     screen
 * @param listQueries queries for rows of the table
 * @param rowsRead rows that MySQL read from the table
 * @param compressed whether the server compressed what it sent
 */
record ScreenCost(
    double seconds,
    long firstBytes,
    long laterBytes,
    long queries,
    long listQueries,
    long rowsRead,
    boolean compressed) {
  double bytesPerSecond() {
    return laterBytes / seconds;
  }

  double queriesPerSecond() {
    return queries / seconds;
  }
}
