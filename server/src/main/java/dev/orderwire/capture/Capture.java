package dev.orderwire.capture;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Problems;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Fills the change log with the changes of the watched tables. An implementation may be installed,
 * checked, repaired and uninstalled while the application writes, by several servers at once, and
 * as often as anyone likes. Calls block.
 */
public interface Capture {
  /**
   * Creates what is missing and replaces what is out of date: the change log, and what captures
   * each table. Once it has returned, every change of these tables is logged; while it runs, no
   * change is lost that was logged before.
   *
   * @return what it created, and what was in place already
   * @throws OrderwireException with everything that prevents the installation, before anything is
   *     changed: {@code unknown_table}, {@code not_a_table}, {@code no_key}, {@code ambiguous_key},
   *     {@code session_dependent}, {@code unsupported_type}, {@code no_transactions}, {@code
   *     cascade}, {@code missing_privilege}, {@code binlog_forbids_triggers}, {@code
   *     binlog_format}, {@code foreign_change_log}, {@code unsupported_server}, or {@code
   *     cannot_install} for several of these; {@code table_busy} if a table stays in use; {@code
   *     mysql_failed}
   */
  InstallReport install(InstallSession session, List<String> tables, InstallOptions options);

  /**
   * As {@link #install(InstallSession, List, InstallOptions)}, in a session of its own.
   *
   * @throws OrderwireException also {@code mysql_unavailable}
   */
  default InstallReport install(Mysql mysql, List<String> tables, InstallOptions options) {
    try (InstallSession session = InstallSession.open(mysql)) {
      return install(session, tables, options);
    }
  }

  /**
   * The SQL that {@link #install(InstallSession, List, InstallOptions)} would run now, for the
   * mysql client; empty if there is nothing to do. Changes nothing, and needs no privilege to
   * install.
   *
   * @throws OrderwireException as {@link #install(InstallSession, List, InstallOptions)}, except
   *     for missing privileges
   */
  String installScript(InstallSession session, List<String> tables, InstallOptions options);

  /**
   * Compares what is installed with what should be.
   *
   * @param problems takes what prevents the installation of a table
   * @throws OrderwireException {@code unsupported_server}
   */
  InstallState check(
      Connection connection, List<String> tables, InstallOptions options, Problems problems)
      throws SQLException;

  /**
   * Why this database cannot have a canary; empty if it can.
   *
   * @param mayInstall whether missing parts may be installed
   * @throws OrderwireException {@code mysql_failed}
   */
  Optional<String> canaryObstacle(InstallSession session, boolean mayInstall);

  /**
   * Removes everything of Orderwire's from the database: what captures changes, of whatever table,
   * and then the change log with all that it holds.
   *
   * @return what it removed, one item a line
   * @throws OrderwireException {@code missing_privilege}; {@code foreign_change_log}
   */
  List<String> uninstall(Mysql mysql);

  /** The SQL that {@link #uninstall} would run now; empty if there is nothing to remove. */
  String uninstallScript(Mysql mysql);
}
