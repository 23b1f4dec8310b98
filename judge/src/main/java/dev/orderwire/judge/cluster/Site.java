package dev.orderwire.judge.cluster;

import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import java.nio.file.Path;
import java.util.Map;

/**
 * What all servers of a run share.
 *
 * @param settings of all servers, as variables of the environment
 * @param folder for the logs
 */
public record Site(
    Database database, Map<String, String> settings, Path folder, Findings findings, Tally tally) {
  public Site {
    settings = Map.copyOf(settings);
  }
}
