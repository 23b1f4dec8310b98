package dev.orderwire.change;

/**
 * A column of a watched table.
 *
 * @param name as MySQL spells it
 * @param type MySQL's whole type in lower case, such as {@code bigint unsigned} or {@code
 *     decimal(10,2)} ({@code information_schema.columns.column_type})
 * @param dataType its first word, such as {@code bigint} ({@code
 *     information_schema.columns.data_type})
 * @param characterSet the character set of its text, such as {@code utf8mb4} ({@code
 *     information_schema.columns.character_set_name}); empty for a type without one
 */
public record Column(String name, String type, String dataType, String characterSet) {
  /** A column of a type without a character set. */
  public Column(String name, String type, String dataType) {
    this(name, type, dataType, "");
  }
}
