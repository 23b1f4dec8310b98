package dev.orderwire.capture.triggers;

import dev.orderwire.capture.InstallSession;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.mysql.sql.Sql;
import java.util.ArrayList;
import java.util.List;

/** Statements as text for the mysql client, for an administrator to run. */
final class InstallScript {
  private InstallScript() {}

  static String install(String database, InstallPlan plan) {
    List<String> statements = new ArrayList<>(InstallSession.STATEMENTS);
    if (plan.logMissing()) {
      statements.add(ChangeLogTable.createSql());
    }
    if (plan.stateMissing()) {
      statements.add(StateTable.createSql());
    }
    if (plan.canaryMissing()) {
      statements.add(CanaryTable.createSql());
    }
    if (plan.revokedMissing()) {
      statements.add(RevokedTable.createSql());
    }
    if (plan.epochMissing()) {
      statements.add(LogIdentity.ensureEpochSql());
    }
    for (TriggerPlan table : plan.plans()) {
      if (!table.isDone()) {
        statements.add(table.lockSql());
        // The user who prints may lack the privilege to see existing triggers.
        table.missing().forEach(trigger -> statements.add(Trigger.dropSql(trigger.name())));
        statements.addAll(table.changesSql());
        statements.add("UNLOCK TABLES");
      }
    }
    // With other roles the statements could succeed, but the triggers would not have them.
    return "SET ROLE DEFAULT;\n" + of(database, statements);
  }

  static String of(String database, List<String> statements) {
    StringBuilder script = new StringBuilder("USE " + Sql.quote(database) + ";\n");
    for (String sql : statements) {
      if (sql.contains(";")) {
        String delimiter = delimiter(sql);
        script.append("DELIMITER ").append(delimiter).append('\n');
        script.append(sql).append(delimiter).append("\nDELIMITER ;\n");
      } else {
        script.append(sql).append(";\n");
      }
    }
    return script.toString();
  }

  private static String delimiter(String sql) {
    String delimiter = "$$";
    while (sql.contains(delimiter)) {
      delimiter += "$";
    }
    return delimiter;
  }
}
