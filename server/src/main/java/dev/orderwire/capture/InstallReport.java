package dev.orderwire.capture;

import java.util.List;

/**
 * What an install did, one thing a line, for people to read.
 *
 * @param made what it created or replaced
 * @param current what was there already, as it should be
 */
public record InstallReport(List<String> made, List<String> current) {
  public InstallReport {
    made = List.copyOf(made);
    current = List.copyOf(current);
  }
}
