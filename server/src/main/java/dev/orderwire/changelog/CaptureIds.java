package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Identifies what captures the changes of a table, so that any change to it is noticed. */
public interface CaptureIds {
  /**
   * The ids of what captures a table's changes, such as its triggers, in a fixed order.
   *
   * @return empty if some changes of the table are not captured
   */
  List<String> of(Connection connection, String table) throws SQLException;
}
