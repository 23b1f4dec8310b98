package dev.orderwire.mysql;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses keys of which two may have the same JSON: two rows of MySQL would be one row for every
 * client, and the delete of one would remove both.
 */
final class DistinctKeys {
  /**
   * The character sets that MySQL converts to UTF-8 without making two texts equal. All others have
   * codes that become the same character (81E0 and 8790 in cp932), or nothing (half a surrogate
   * pair in ucs2), or a question mark, because MySQL knows no character for them.
   */
  private static final Set<String> DISTINCT =
      Set.of(
          "utf8mb4",
          "utf8mb3",
          "utf8",
          "utf16",
          "utf16le",
          "latin1",
          "latin2",
          "latin5",
          "latin7",
          "cp850",
          "cp852",
          "cp866",
          "keybcs2",
          "koi8r",
          "koi8u",
          "macce",
          "macroman");

  /** A member of an ENUM or SET in its quotes. */
  private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*+)'");

  private DistinctKeys() {}

  /**
   * Requires that different keys have different JSON.
   *
   * @throws OrderwireException {@code ambiguous_key}
   */
  static void require(Table table) {
    for (String name : table.key()) {
      Column column = table.column(name).orElseThrow();
      String problem = problem(column);
      if (!problem.isEmpty()) {
        throw new OrderwireException(
            ErrorCode.AMBIGUOUS_KEY,
            "the key of table %s has the column %s, and two of its values may have the same JSON: %s."
                .formatted(table.name(), name, problem));
      }
    }
  }

  private static String problem(Column column) {
    String set = column.characterSet();
    if (!set.isEmpty() && !DISTINCT.contains(set)) {
      return "MySQL converts some different texts of its character set, %s, to the same text in UTF-8. Change the character set of the column to utf8mb4"
          .formatted(set);
    }
    return switch (column.dataType()) {
      case "enum", "set" ->
          MEMBER.matcher(column.type()).results().anyMatch(member -> member.group(1).isEmpty())
              ? "the empty member of its type %s and MySQL's value for an invalid member look the same. Remove the empty member"
                  .formatted(column.type())
              : "";
      case "mediumblob", "longblob" ->
          "values too large for JSON are replaced by their size. Change its type to BLOB or VARBINARY";
      default -> "";
    };
  }
}
