package dev.orderwire.tail;

import dev.orderwire.mysql.Mysql;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the tail is doing, for its status and the log. Any thread reads, the tail's one writes. */
final class TailState {
  private static final Logger log = LoggerFactory.getLogger(Tail.class);
  private static final String LOOKING_FOR_END = "looking for the end of the change log";

  private final Mysql mysql;
  private volatile TailStatus status = new TailStatus.Waiting("not started yet", Instant.now());

  /** Whether the newest line of the log says that the tail follows the change log. */
  private boolean announced;

  TailState(Mysql mysql) {
    this.mysql = mysql;
  }

  TailStatus status() {
    return status;
  }

  /** It has read to the end of the change log. */
  void read() {
    if (!announced) {
      announced = true;
      log.info("Following the change log of {}", mysql.options());
    }
    upstreamDelivers();
  }

  /** It has no need to read. */
  void upstreamDelivers() {
    status = new TailStatus.Following(Instant.now());
  }

  /** This may take long: the whole log is walked if transactions are open. */
  void looksForEnd() {
    if (status instanceof TailStatus.Following) {
      status = new TailStatus.Waiting(LOOKING_FOR_END, Instant.now());
    }
  }

  /** It cannot read, and retries. An outage of MySQL is in the log already. */
  void failed(Exception failure) {
    String cause = Mysql.reason(failure);
    if (announced && !mysql.isOutage(failure) && !mysql.isAway()) {
      announced = false;
      log.warn("Cannot read the change log of {}: {}; retrying", mysql.options(), cause);
    }
    Instant since =
        status instanceof TailStatus.Waiting before && !before.cause().equals(LOOKING_FOR_END)
            ? before.since()
            : Instant.now();
    status = new TailStatus.Waiting(cause, since);
  }

  void stoppedUnexpectedly() {
    status =
        new TailStatus.Waiting("the tail stopped unexpectedly; restart the server", Instant.now());
  }
}
