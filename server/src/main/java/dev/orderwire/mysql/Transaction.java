package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;

/** Does several things at once, or none of them. */
public final class Transaction {
  /** What is done. */
  public interface Work<T> {
    T run() throws SQLException;
  }

  private Transaction() {}

  /** Runs the work in a transaction of its own, on a connection that is in autocommit. */
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
