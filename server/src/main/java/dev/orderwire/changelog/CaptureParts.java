package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What captures a table's changes, so that the servers notice a replaced part, and a lasting hole.
 */
public interface CaptureParts {
  /**
   * The ids of these parts, such as triggers, in a fixed order.
   *
   * @return empty if some changes of the table are not captured
   */
  List<String> ids(Connection connection, String table) throws SQLException;

  /**
   * The reasons for which changes of the table may go unlogged at the moment although all parts are
   * there, such as a foreign key that cascades. Once one of them has ended, the table is reset.
   *
   * @param known the stored reasons. A reason that this user lacks the privilege to check is kept,
   *     since another server may have found it
   */
  List<String> holes(Connection connection, String table, List<String> known) throws SQLException;
}
