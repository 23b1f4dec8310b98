package dev.orderwire.bus;

import java.util.List;
import java.util.Optional;

/**
 * An engine that keeps the newest records for a while, such as a Redis stream. It may lose any of
 * them: the positions in the records show it. Safe for any number of threads.
 */
public interface Bus extends AutoCloseable {
  /**
   * Publishes records in their order, and waits until the engine has acknowledged all of them. A
   * record that was published before is not published again.
   *
   * @param records of one term, by rising sequence numbers
   * @throws StaleTermException if a record of a higher term has been published: this process no
   *     longer leads
   * @throws BusException if the engine does not answer; some of the records may be published
   */
  void publish(List<BusRecord> records) throws InterruptedException;

  /**
   * Follows the records from now on: those that are published after this call.
   *
   * @throws BusException if the engine does not answer
   */
  Follower follow() throws InterruptedException;

  /** What keeps the changes of each table for other programs; empty if nothing shall. */
  default Optional<ChangeTopics> topics() {
    return Optional.empty();
  }

  /** The address without a password, for messages. */
  @Override
  String toString();

  @Override
  void close();

  /** A reader of records, for one thread. */
  interface Follower extends AutoCloseable {
    /**
     * The next records, in the order in which they were published. Waits for the first one.
     *
     * @param millis how long to wait at most
     * @return empty if none has come
     * @throws BusException if the engine does not answer, or is another one by now; a later call
     *     goes on after the last record returned
     */
    List<BusRecord> poll(long millis) throws InterruptedException;

    @Override
    void close();
  }
}
