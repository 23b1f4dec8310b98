package dev.orderwire.bench;

/**
 * What a screen cost in a run.
 *
 * @param firstBytes until it showed all orders for the first time
 * @param laterBytes after that
 * @param queries that reached MySQL, the server's own among them
 * @param listQueries those of them that asked for rows of the table that it shows
 * @param rowsRead of that table
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
