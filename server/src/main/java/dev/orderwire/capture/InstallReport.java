package dev.orderwire.capture;

import java.util.List;

/**
 * The result of an installation, for people to read: one item a line.
 *
 * @param made what it created or replaced
 * @param current what was in place already, and up to date
 */
public record InstallReport(List<String> made, List<String> current) {
  public InstallReport {
    made = List.copyOf(made);
    current = List.copyOf(current);
  }
}
