package dev.orderwire.mysql;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once when MySQL cannot be reached, and once when it can again, however many sessions notice.
 * Nothing is said before the first connection: a command that cannot begin reports that itself.
 * Safe for any number of threads.
 */
final class Availability {
  private static final Logger log = LoggerFactory.getLogger(Mysql.class);

  /** If connections fail and succeed in turns, as when MySQL has too many, this is one outage. */
  private static final Duration BETWEEN_OUTAGES = Duration.ofSeconds(10);

  private final MysqlOptions options;
  private boolean connected;
  private boolean away;
  private boolean said;
  private long cameBack = System.nanoTime() - BETWEEN_OUTAGES.toNanos();

  Availability(MysqlOptions options) {
    this.options = options;
  }

  synchronized boolean isAway() {
    return away;
  }

  synchronized void lost(String cause) {
    if (!connected) {
      return;
    }
    away = true;
    if (!said && System.nanoTime() - cameBack >= BETWEEN_OUTAGES.toNanos()) {
      said = true;
      log.warn("No connection to MySQL at {}: {}; retrying", options, cause);
    }
  }

  synchronized void reached() {
    connected = true;
    if (!away) {
      return;
    }
    away = false;
    if (said) {
      said = false;
      cameBack = System.nanoTime();
      log.info("MySQL at {} answers again", options);
    }
  }
}
