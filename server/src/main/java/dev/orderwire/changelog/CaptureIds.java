package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Identifies the parts that capture a table's changes, so that the servers notice a replaced part.
 */
public interface CaptureIds {
  /**
   * The ids of these parts, such as triggers, in a fixed order.
   *
   * @return empty if some changes of the table are not captured
   */
  List<String> of(Connection connection, String table) throws SQLException;
}
