package dev.orderwire.changelog.row;

import dev.orderwire.change.Change;
import dev.orderwire.change.Table;

/** A row of the change log. */
public sealed interface LogRow {
  /** A change of a row. */
  record Entry(Change change) implements LogRow {}

  /** A change whose row the trigger could not log. */
  record Marker(String table) implements LogRow {}

  /** The table must be read again from here on. */
  record Reset(Table table) implements LogRow {}
}
