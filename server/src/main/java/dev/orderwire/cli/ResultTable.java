package dev.orderwire.cli;

import java.io.PrintStream;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The result of a query as a text table.
 *
 * @param header the columns' names
 * @param rows the cells, without line breaks
 */
record ResultTable(List<String> header, List<List<String>> rows) {
  static ResultTable read(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    List<String> header = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      header.add(onOneLine(columns.getColumnLabel(i)));
    }
    List<List<String>> rows = new ArrayList<>();
    while (result.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= header.size(); i++) {
        row.add(cell(result, i, columns.getColumnType(i)));
      }
      rows.add(row);
    }
    return new ResultTable(header, rows);
  }

  private static String cell(ResultSet result, int column, int type) throws SQLException {
    return switch (type) {
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> {
        byte[] bytes = result.getBytes(column);
        yield bytes == null ? "NULL" : "0x" + HexFormat.of().formatHex(bytes);
      }
      default -> {
        String text = result.getString(column);
        yield text == null ? "NULL" : onOneLine(text);
      }
    };
  }

  /** Escapes control characters, which could break the table or control the terminal. */
  private static String onOneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> line.append("\\n");
            case '\t' -> line.append("\\t");
            case '\r' -> line.append("\\r");
            default -> {
              if (Character.isISOControl(c)) {
                line.append("\\u%04x".formatted(c));
              } else {
                line.appendCodePoint(c);
              }
            }
          }
        });
    return line.toString();
  }

  void print(PrintStream out) {
    int[] widths = new int[header.size()];
    widen(widths, header);
    rows.forEach(row -> widen(widths, row));
    printRow(out, header, widths);
    List<String> rule = new ArrayList<>();
    for (int width : widths) {
      rule.add("-".repeat(width));
    }
    printRow(out, rule, widths);
    rows.forEach(row -> printRow(out, row, widths));
    out.printf("(%s)%n", count(rows.size()));
  }

  static String count(long rows) {
    return rows == 1 ? "1 row" : rows + " rows";
  }

  private static void widen(int[] widths, List<String> row) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], length(row.get(i)));
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static void printRow(PrintStream out, List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).repeat(' ', widths[i] - length(row.get(i)) + 2);
    }
    out.println(line.toString().stripTrailing());
  }
}
