package dev.orderwire.feed;

import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The catalog of one process, kept up to date by the moments that its {@link Feed} takes in. */
public final class WatchedTables implements Catalog {
  private final Map<String, TableVersion> versions = new LinkedHashMap<>();

  /**
   * @param versions of all watched tables, the default table first
   * @throws IllegalArgumentException if there are none
   */
  public WatchedTables(List<TableVersion> versions) {
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("at least one table must be watched");
    }
    restart(versions);
  }

  @Override
  public synchronized Optional<Table> table(String name) {
    return Optional.ofNullable(versions.get(name)).map(TableVersion::table);
  }

  @Override
  public synchronized Table defaultTable() {
    return versions.values().iterator().next().table();
  }

  @Override
  public synchronized List<Table> tables() {
    return versions.values().stream().map(TableVersion::table).toList();
  }

  @Override
  public synchronized boolean isVoid(Table shape, Position seen) {
    TableVersion version = versions.get(shape.name());
    return version != null && (!version.table().equals(shape) || !seen.covers(version.resetId()));
  }

  @Override
  public synchronized boolean isHeld(String name) {
    TableVersion version = versions.get(name);
    return version != null && version.isHeld();
  }

  /**
   * Holds a table until a reset above its marker.
   *
   * @param marker an id of the change log
   */
  public synchronized void hold(String name, long marker) {
    versions.computeIfPresent(name, (_, known) -> known.withMarker(marker));
  }

  /** Takes in the versions that a moment brings; a late reset row does not replace a newer one. */
  synchronized void reset(List<TableVersion> resets) {
    for (TableVersion reset : resets) {
      versions.computeIfPresent(reset.table().name(), (_, known) -> known.orNewer(reset));
    }
  }

  /** Replaces all versions: earlier moments say nothing about what follows. */
  synchronized void restart(List<TableVersion> all) {
    all.forEach(version -> versions.put(version.table().name(), version));
  }
}
