package dev.orderwire.feed;

import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import java.util.List;
import java.util.Optional;

/** The watched tables, each in its newest known shape. Safe for any number of threads. */
public interface Catalog {
  /** The table of this name; empty if it is not watched. */
  Optional<Table> table(String name);

  /** The table of clients that name none. */
  Table defaultTable();

  /** All watched tables, the default one first. */
  List<Table> tables();

  /**
   * Whether a reset has made void what a client knows of a table.
   *
   * @param shape the table as the client knows it
   * @param seen the changes that the client has seen
   */
  boolean isVoid(Table shape, Position seen);

  /**
   * Whether a table has a marker that no reset has followed yet. Its changes are not delivered
   * meanwhile: positions move past them, so those after a position say nothing without them.
   */
  boolean isHeld(String name);
}
