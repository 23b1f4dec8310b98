package dev.orderwire.judge.cluster;

import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.SeededRandom;
import java.io.IOException;
import java.util.Map;

/** The engine of the bus, with faults of its own. */
public interface Broker extends AutoCloseable {
  /** A new way to it, for one server. */
  Link newLink() throws IOException;

  /**
   * The settings of a server that reaches it through a link, as variables of the environment.
   *
   * @param link the link's port
   */
  Map<String, String> settings(int link);

  /** Injects one of its faults, and heals it. */
  void fail(SeededRandom random, Phase phase) throws InterruptedException;

  @Override
  void close();
}
