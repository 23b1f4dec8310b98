package dev.orderwire.judge.cluster;

import java.io.IOException;
import java.util.List;

/** The topics of the watched tables, as any program can read them. */
public interface TableTopics {
  /** Whether the topics have lost records since the last call, by a fault. */
  boolean takeLost();

  /** Whether the servers have written to them, since they last lost all. */
  boolean isWritten() throws IOException, InterruptedException;

  /**
   * Reads what was committed since the last call; anew from the beginning if records were lost. It
   * may miss the newest records, which the next call reads.
   *
   * @return the records of all topics, those of each partition in their order: {@code
   *     Partition:NUMBER}, the key and the value, divided by tabs
   */
  List<String> read() throws IOException, InterruptedException;
}
