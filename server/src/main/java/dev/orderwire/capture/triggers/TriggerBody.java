package dev.orderwire.capture.triggers;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Column;
import dev.orderwire.change.Op;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.mysql.sql.Encoding;
import dev.orderwire.mysql.sql.Sql;
import java.util.List;
import java.util.function.Function;

/**
 * The SQL of a trigger. A trigger writes one row into the change log; none for an update that
 * changes nothing; a delete and an insert for an update that changes the key.
 *
 * <p>It never makes the application's write fail. If it cannot log a row, because the table's shape
 * has changed or a value is too large, it writes a marker instead (see {@link ChangeLogTable}):
 * with the key, or without it if the key itself fails. If the change log is gone, it writes
 * nothing. All rows of one change are written by one statement, so a statement that fails leaves
 * nothing behind.
 *
 * <p>Bodies have no comments, because the mysql client removes them: an installed trigger is up to
 * date only if an installation would create the same body now, to the letter. The {@link
 * TriggerGuard} alone differs in each trigger.
 */
final class TriggerBody {
  /**
   * The errors that a changed table or a value can cause: the SQLSTATE classes 42 (access rule
   * violation, no such column or table) and 22 (data exception), and similar errors in other
   * classes. Errors that have nothing to do with shape or data are left to the application: a
   * deadlock (1213), a lock wait timeout (1205), a killed query (1317), a full disk.
   */
  private static final String FAILURES =
      String.join(
          ", ",
          // Access denied; a row or a document that is too large.
          "SQLSTATE '42000'",
          // The change log is gone.
          "SQLSTATE '42S02'",
          // A column is gone, of the table or of the change log.
          "SQLSTATE '42S22'",
          // Too long, out of range, not a time, invalid parameter.
          "SQLSTATE '22001'",
          "SQLSTATE '22003'",
          "SQLSTATE '22007'",
          "SQLSTATE '22008'",
          "SQLSTATE '22023'",
          // Not JSON, or nested too deeply.
          "SQLSTATE '22032'",
          // Not a geometry; a point that is not on the earth; an unknown spatial reference system.
          "SQLSTATE '22S02'",
          "SQLSTATE '22S03'",
          "SQLSTATE 'SR001'",
          // Larger than max_allowed_packet.
          "1301",
          // The change log has a new column without a default.
          "1364",
          // Unreadable JSON.
          "3142");

  /** USER() is the connected user; CURRENT_USER() would be the trigger's definer. */
  private static final String ACTOR =
      "LEFT(COALESCE(CONVERT(@orderwire_actor USING utf8mb4), USER(), ''), %d)"
          .formatted(ChangeLogTable.ACTOR_LENGTH);

  private final Table table;
  private final OldValues old;
  private final List<Column> key;

  private TriggerBody(Table table, OldValues old) {
    this.table = table;
    this.old = old;
    this.key = table.key().stream().map(name -> table.column(name).orElseThrow()).toList();
  }

  static String of(Op op, Table table, OldValues old) {
    TriggerBody body = new TriggerBody(table, old);
    return switch (op) {
      case INSERT -> body.insert();
      case UPDATE -> body.update();
      case DELETE -> body.delete();
    };
  }

  private String insert() {
    String newKey = row(key, "NEW.");
    return body(
        Op.INSERT,
        log(Op.INSERT, newKey, "NULL", row(table.columns(), "NEW.")),
        log(Op.INSERT, newKey, "NULL", "NULL"));
  }

  private String delete() {
    // In a delete trigger, MySQL has correct old values for all columns, virtual ones included.
    String oldKey = row(key, "OLD.");
    return body(
        Op.DELETE,
        log(Op.DELETE, oldKey, row(table.columns(), "OLD."), "NULL"),
        log(Op.DELETE, oldKey, "NULL", "NULL"));
  }

  private String update() {
    String oldKey = Encoding.row(key, old::reference);
    String newKey = row(key, "NEW.");
    String before = Encoding.row(table.columns(), old::reference);
    String after = row(table.columns(), "NEW.");
    return body(
        Op.UPDATE,
        ifChanged(
            key,
            log(entry(Op.DELETE, oldKey, before, "NULL"), entry(Op.INSERT, newKey, "NULL", after)),
            ifChanged(table.columns(), log(Op.UPDATE, newKey, before, after), "")),
        ifChanged(
            key,
            log(entry(Op.DELETE, oldKey, "NULL", "NULL"), entry(Op.INSERT, newKey, "NULL", "NULL")),
            log(Op.UPDATE, newKey, "NULL", "NULL")));
  }

  private String body(Op op, String change, String marker) {
    return "BEGIN\n"
        + "DECLARE EXIT HANDLER FOR %s\nBEGIN\n".formatted(FAILURES)
        + "DECLARE EXIT HANDLER FOR %s\nBEGIN\n".formatted(FAILURES)
        + "DECLARE EXIT HANDLER FOR %s BEGIN END;\n".formatted(FAILURES)
        + log(op, "NULL", "NULL", "NULL")
        + "END;\n"
        + marker
        + "END;\n"
        + change
        + "END;\n";
  }

  private static String row(List<Column> columns, String qualifier) {
    return Encoding.row(columns, qualifier);
  }

  private String entry(Op op, String rowKey, String before, String after) {
    return "(%s, '%s', %s, %s, %s, %s)"
        .formatted(Sql.literal(table.name()), op.text(), rowKey, before, after, ACTOR);
  }

  private String log(Op op, String rowKey, String before, String after) {
    return log(entry(op, rowKey, before, after));
  }

  private static String log(String... entries) {
    return "INSERT INTO %s (table_name, op, row_key, row_before, row_after, actor) VALUES\n%s;\n"
        .formatted(ChangeLogTable.NAME, String.join(",\n", entries));
  }

  private String ifChanged(List<Column> columns, String then, String otherwise) {
    Function<Column, String> same =
        column ->
            Encoding.identity(column, old.reference(column))
                + " <=> "
                + Encoding.identity(column, "NEW." + Sql.quote(column.name()));
    return "IF NOT ("
        + columns.stream().map(same).collect(joining(" AND "))
        + ") THEN\n"
        + then
        + (otherwise.isEmpty() ? "" : "ELSE\n" + otherwise)
        + "END IF;\n";
  }
}
