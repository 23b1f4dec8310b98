package dev.orderwire.mysql;

import static java.util.Objects.requireNonNull;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.sql.Encoding;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the shapes of the tables of the connection's database. */
public final class Schema {
  /** MySQL before 8.0.19 writes {@code int(11)} for {@code int}; only BOOL keeps its 1. */
  private static final Pattern DISPLAY_WIDTH =
      Pattern.compile("^(?!tinyint\\(1\\))((?:tiny|small|medium|big)?int|year)\\(\\d+\\)");

  /** ER_TABLEACCESS_DENIED_ERROR. */
  private static final int TABLE_ACCESS_DENIED = 1142;

  /** ER_TABLE_DEF_CHANGED. */
  private static final int DEF_CHANGED = 1412;

  private Schema() {}

  /**
   * The shape of a table.
   *
   * @param name exactly as MySQL spells it
   * @throws OrderwireException {@code unknown_table}; {@code not_a_table} for a view; {@code
   *     no_key} if the table has no suitable key; {@code ambiguous_key} if two rows may have the
   *     same key in JSON; {@code unsupported_type}; {@code missing_privilege} if MySQL hides
   *     columns of the key from this user
   * @throws SQLException with ER_TABLE_DEF_CHANGED if the table was altered during the call
   */
  public static Table table(Connection connection, String name) throws SQLException {
    requireTable(connection, name);
    List<Column> columns =
        Query.list(
            connection,
            """
            SELECT column_name AS name, column_type AS type, data_type AS data_type,
                   COALESCE(character_set_name, '') AS character_set
              FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name = ?
             ORDER BY ordinal_position\
            """,
            row ->
                new Column(
                    row.getString("name"),
                    type(row.getString("type")),
                    row.getString("data_type"),
                    row.getString("character_set")),
            name);
    List<String> key = key(connection, name);
    List<String> visible = columns.stream().map(Column::name).toList();
    if (!visible.containsAll(key)) {
      throw hiddenKey(connection, name);
    }
    columns.forEach(column -> Encoding.cell(column, ""));
    Table table = new Table(name, columns, key);
    DistinctKeys.require(table);
    return table;
  }

  /**
   * A user with any privilege on a table sees its keys, but not always its columns. So either a
   * privilege is missing, or the table was altered between the two queries. MySQL 9.7 applies only
   * one of several grants whose patterns match the database, and SHOW GRANTS lists them all.
   */
  private static SQLException hiddenKey(Connection connection, String table) throws SQLException {
    Problems problems = new Problems();
    Rights.of(connection, problems).onTable("SELECT, TRIGGER", table);
    problems.throwIfAny();
    try {
      Query.execute(connection, "SELECT 1 FROM " + Sql.quote(table) + " LIMIT 0");
    } catch (SQLException e) {
      if (e.getErrorCode() == TABLE_ACCESS_DENIED) {
        throw new OrderwireException(
            ErrorCode.MISSING_PRIVILEGE,
            "MySQL does not apply the privilege SELECT on the table %s, although it lists it: of several grants whose patterns match the database it applies one. %s;"
                .formatted(table, Account.of(connection).grant("SELECT, TRIGGER", table)),
            e);
      }
      throw e;
    }
    return new SQLException(
        table + " was altered while its shape was being read", "HY000", DEF_CHANGED);
  }

  /** Whether a table, or something else of this name, exists. */
  public static boolean hasTable(Connection connection, String name) throws SQLException {
    return !Query.list(
            connection,
            """
            SELECT 1 FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = ?\
            """,
            _ -> true,
            name)
        .isEmpty();
  }

  /** The names of a table's columns in their order. */
  public static List<String> columnNames(Connection connection, String table) throws SQLException {
    return Query.list(
        connection,
        """
        SELECT column_name AS name FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position\
        """,
        row -> row.getString("name"),
        table);
  }

  /** A column type in the same spelling for every version of MySQL. */
  static String type(String columnType) {
    return columnType.endsWith("zerofill")
        ? columnType
        : DISPLAY_WIDTH.matcher(columnType).replaceFirst("$1");
  }

  private static void requireTable(Connection connection, String name) throws SQLException {
    List<Map.Entry<String, String>> found =
        Query.list(
            connection,
            """
            SELECT table_name AS name, table_type AS type FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = ?\
            """,
            row -> Map.entry(row.getString("name"), row.getString("type")),
            name);
    // If MySQL ignores the case of names, it also finds other spellings.
    if (found.isEmpty() || !found.getFirst().getKey().equals(name)) {
      throw UnknownTable.of(connection, name);
    }
    String type = found.getFirst().getValue();
    if (!type.equals("BASE TABLE")) {
      throw new OrderwireException(
          ErrorCode.NOT_A_TABLE,
          "%s is a %s, but only tables can have triggers. Name the tables that it reads from instead."
              .formatted(name, type.toLowerCase(Locale.ROOT)));
    }
  }

  /**
   * The columns of the primary key, otherwise of the shortest unique key whose columns are all NOT
   * NULL. A key over column prefixes identifies rows too.
   */
  private static List<String> key(Connection connection, String table) throws SQLException {
    Map<String, List<Part>> keys = new TreeMap<>();
    Query.list(
            connection,
            """
            SELECT index_name AS name, column_name AS column_name, nullable AS nullable
              FROM information_schema.statistics
             WHERE table_schema = DATABASE() AND table_name = ? AND non_unique = 0
             ORDER BY index_name, seq_in_index\
            """,
            row ->
                new Part(
                    row.getString("name"),
                    row.getString("column_name"),
                    row.getString("nullable").equals("YES")),
            table)
        .forEach(part -> keys.computeIfAbsent(part.key(), key -> new ArrayList<>()).add(part));
    return keys.entrySet().stream()
        .filter(key -> key.getValue().stream().noneMatch(Part::mayBeNull))
        .min(
            Comparator.comparingInt(
                key -> key.getKey().equals("PRIMARY") ? 0 : key.getValue().size()))
        .orElseThrow(() -> noKey(table))
        .getValue()
        .stream()
        .map(part -> requireNonNull(part.column()))
        .toList();
  }

  /**
   * A part of a unique key.
   *
   * @param column null if the part is an expression
   */
  private record Part(String key, @Nullable String column, boolean nullable) {
    boolean mayBeNull() {
      return nullable || column == null;
    }
  }

  private static OrderwireException noKey(String table) {
    return new OrderwireException(
        ErrorCode.NO_KEY,
        "table %s has neither a primary key nor a unique key whose columns are all NOT NULL, so its rows cannot be identified. Add a key: ALTER TABLE %s ADD PRIMARY KEY (...);"
            .formatted(table, Sql.quote(table)));
  }
}
