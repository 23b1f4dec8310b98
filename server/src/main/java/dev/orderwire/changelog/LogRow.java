package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Table;

/** What a row of the change log says. */
public sealed interface LogRow {
  /** A row was changed. */
  record Entry(Change change) implements LogRow {}

  /** A row was changed, and its trigger could not write it down. */
  record Marker(String table) implements LogRow {}

  /** The table is to be read anew from here on. */
  record Reset(Table table) implements LogRow {}
}
