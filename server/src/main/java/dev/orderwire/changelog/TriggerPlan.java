package dev.orderwire.changelog;

import dev.orderwire.change.Op;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands on one table, and what is to be done there.
 *
 * @param current triggers that are as they should be
 * @param stale triggers of ours that are not, and go
 * @param missing triggers that are to be made
 */
record TriggerPlan(
    Table table,
    List<InstalledTrigger> current,
    List<InstalledTrigger> stale,
    List<Trigger> missing) {

  static TriggerPlan of(Connection connection, String tableName) throws SQLException {
    Table table = Schema.table(connection, tableName);
    OldValues old = OldValues.of(connection, tableName);
    List<InstalledTrigger> stale = new ArrayList<>();
    for (InstalledTrigger installed : InstalledTrigger.all(connection)) {
      if (installed.table().equals(tableName)) {
        stale.add(installed);
      }
    }
    List<InstalledTrigger> current = new ArrayList<>();
    List<Trigger> missing = new ArrayList<>();
    for (Op op : Op.values()) {
      Trigger wanted =
          new Trigger(
              Trigger.plainName(tableName, op), tableName, op, TriggerBody.of(op, table, old));
      stale.stream()
          .filter(installed -> installed.does(wanted))
          .findFirst()
          .ifPresentOrElse(current::add, () -> missing.add(wanted));
    }
    stale.removeAll(current);
    return new TriggerPlan(table, current, stale, withFreeNames(connection, stale, missing));
  }

  /** Names of triggers are one to MySQL that differ in case or accents, names of tables are not. */
  private static List<Trigger> withFreeNames(
      Connection connection, List<InstalledTrigger> stale, List<Trigger> missing)
      throws SQLException {
    List<String> going = stale.stream().map(InstalledTrigger::name).toList();
    List<Trigger> named = new ArrayList<>();
    for (Trigger trigger : missing) {
      List<String> holders =
          Query.list(
              connection,
              """
              SELECT trigger_name AS name FROM information_schema.triggers
               WHERE trigger_schema = DATABASE() AND trigger_name = ?\
              """,
              row -> row.getString("name"),
              trigger.name());
      named.add(
          going.containsAll(holders)
              ? trigger
              : new Trigger(
                  Trigger.hashedName(trigger.table(), trigger.op()),
                  trigger.table(),
                  trigger.op(),
                  trigger.body()));
    }
    return named;
  }

  boolean isDone() {
    return stale.isEmpty() && missing.isEmpty();
  }

  /**
   * Locks the table, so that no write of the application falls between a trigger that goes and the
   * one that comes. It waits for the transactions that have used the table.
   */
  String lockSql() {
    return "LOCK TABLES " + Sql.quote(table.name()) + " WRITE";
  }

  /** To be run under the lock; {@code UNLOCK TABLES} follows. */
  List<String> changesSql() {
    List<String> sql = new ArrayList<>();
    stale.forEach(trigger -> sql.add(Trigger.dropSql(trigger.name())));
    missing.forEach(trigger -> sql.add(trigger.createSql()));
    return sql;
  }
}
