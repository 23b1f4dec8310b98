package dev.orderwire.changelog;

/**
 * A column of a watched table.
 *
 * @param name as MySQL spells it
 * @param type MySQL's whole type in lower case, such as {@code bigint unsigned} or {@code
 *     decimal(10,2)} ({@code information_schema.columns.column_type})
 * @param dataType its first word, such as {@code bigint} ({@code
 *     information_schema.columns.data_type})
 */
public record Column(String name, String type, String dataType) {}
