package dev.orderwire.testing;

/**
 * A time zone for tests, as MySQL comes without any: on 25 October 2020 its clocks went from 03:00
 * back to 02:00, so that {@link #FIRST_HALF_PAST_TWO} and {@link #SECOND_HALF_PAST_TWO} have the
 * same local time.
 */
public final class FoldZone {
  public static final String NAME = "Orderwire/Fold";

  /** In UTC. */
  public static final String FIRST_HALF_PAST_TWO = "2020-10-25 00:30:00.123456";

  public static final String SECOND_HALF_PAST_TWO = "2020-10-25 01:30:00.123456";

  private FoldZone() {}

  public static void load(TestDatabase database) {
    database.execute(
        "REPLACE INTO mysql.time_zone VALUES (77, 'N')",
        "REPLACE INTO mysql.time_zone_name VALUES ('" + NAME + "', 77)",
        "REPLACE INTO mysql.time_zone_transition_type"
            + " VALUES (77, 0, 3600, 0, 'WINT'), (77, 1, 7200, 1, 'SUMM')",
        "REPLACE INTO mysql.time_zone_transition VALUES (77, 1585443600, 1), (77, 1603587600, 0)");
  }
}
