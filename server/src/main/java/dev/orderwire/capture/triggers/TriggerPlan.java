package dev.orderwire.capture.triggers;

import dev.orderwire.change.Op;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.TableShapes;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The triggers of one table: those that exist, and those that should.
 *
 * @param current triggers that are up to date, at most one for each operation
 * @param stale triggers of Orderwire's that are not, to be dropped
 * @param missing triggers to create
 * @param wanted the body of the trigger for each operation
 */
public record TriggerPlan(
    Table table,
    List<InstalledTrigger> current,
    List<InstalledTrigger> stale,
    List<Trigger> missing,
    Map<Op, String> wanted) {

  public static TriggerPlan of(Connection connection, String tableName) throws SQLException {
    return of(connection, TableShapes.read(connection, tableName));
  }

  /** The same for a table of a known shape, which may not exist yet. */
  public static TriggerPlan of(Connection connection, Table table) throws SQLException {
    String tableName = table.name();
    OldValues old = OldValues.of(connection, tableName);
    List<InstalledTrigger> stale = InstalledTrigger.of(connection, tableName);
    List<InstalledTrigger> current = new ArrayList<>();
    Map<Op, String> wanted = new EnumMap<>(Op.class);
    for (Op op : Op.values()) {
      String body = TriggerBody.of(op, table, old);
      wanted.put(op, body);
      stale.stream()
          .filter(installed -> installed.op() == op && installed.does(op, body))
          .filter(installed -> !TriggerNames.isTemporary(installed.name()))
          .findFirst()
          .ifPresent(current::add);
    }
    stale.removeAll(current);
    TriggerNames names = TriggerNames.of(connection, tableName, stale);
    List<Trigger> missing = new ArrayList<>();
    for (Op op : Op.values()) {
      if (current.stream().noneMatch(trigger -> trigger.op() == op)) {
        String body = String.valueOf(wanted.get(op));
        missing.add(new Trigger(names.free(op), tableName, op, body, TriggerGuard.fresh(null)));
      }
    }
    return new TriggerPlan(table, current, stale, missing, wanted);
  }

  /** Whether some operation has no trigger at all, so that its changes are not logged. */
  boolean missesChanges() {
    return missing.stream()
        .anyMatch(trigger -> stale.stream().noneMatch(s -> s.op() == trigger.op()));
  }

  /** Whether there is nothing to create or drop. */
  public boolean isDone() {
    return stale.isEmpty() && missing.isEmpty();
  }

  /**
   * Locks the table, so that the application cannot write between the drop of a trigger and its
   * replacement. Waits for the transactions that have used the table or the change log.
   */
  String lockSql() {
    return "LOCK TABLES " + Sql.quote(table.name()) + " WRITE";
  }

  /** The statements to run under the lock, before {@code UNLOCK TABLES}. */
  List<String> changesSql() {
    List<String> sql = new ArrayList<>();
    stale.forEach(trigger -> sql.add(Trigger.dropSql(trigger.name())));
    missing.forEach(trigger -> sql.add(trigger.createSql()));
    return sql;
  }
}
