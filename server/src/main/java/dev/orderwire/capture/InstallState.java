package dev.orderwire.capture;

import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What a {@link Capture} found in a database, compared with what should be there. */
public interface InstallState {
  /** Whether nothing is missing or out of date. */
  boolean isComplete();

  /** Whether the change log is there, with an epoch and the servers' notes about it. */
  boolean hasLog();

  /** The names of the tables that exist. */
  List<String> tables();

  /** Whether the changes of one of {@link #tables} are captured as they should be. */
  boolean isComplete(String table);

  /**
   * Installs what is missing, then writes the reset rows that are due. A table that stays in use
   * does not hold up the others. If a step fails, the finished ones remain valid, and the next
   * check continues from there.
   *
   * @param connection of an {@link InstallSession}
   * @param patience how long to try for each trigger if transactions keep its table in use
   * @param due what the caller knows of resets
   * @param made takes what was created, one item a line
   * @return what was in place already, one item a line
   * @throws SQLException for the first table that failed
   * @throws OrderwireException {@code table_altered} if a table cannot be reset yet
   */
  List<String> repair(
      Connection connection, Duration patience, ResetsDue due, Consumer<String> made)
      throws SQLException;
}
