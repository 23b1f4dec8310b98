package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;

/** Runs work in a transaction. */
public final class Transaction {
  /** The work of one transaction. */
  public interface Work<T> {
    T run() throws SQLException;
  }

  private Transaction() {}

  /** Runs the work in one transaction and commits; rolls back if the work throws. */
  public static <T> T run(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      T result = work.run();
      connection.commit();
      done = true;
      return result;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }
}
