package dev.orderwire.bus;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the changes of each table for other programs, together with the position up to which they
 * are complete. A bus may be able to. Safe for any number of threads.
 */
public interface ChangeTopics {
  /**
   * Begins to write. From then on, nothing that any other session writes is kept.
   *
   * @param term the number of the lead
   * @param tables whose changes are written
   * @throws StaleTermException if a session of a higher term has begun
   * @throws BusException if the engine does not answer, or lacks something
   */
  Session begin(long term, List<String> tables) throws InterruptedException;

  /**
   * What one leader writes. For one thread. After an exception it can only be closed: whether the
   * last records were kept, the next session says.
   */
  interface Session extends AutoCloseable {
    /** The position that was kept last; empty if none has ever been. */
    Optional<String> position();

    /** The most bytes that the key and the body of a record of a table may have together. */
    int mostBytes(String table);

    /**
     * Keeps all records and the position, or nothing.
     *
     * @param records in the order in which readers shall find those with the same key
     * @param position up to which the records of all tables are complete then
     * @throws BusException if that is not known to have happened
     */
    void append(List<Entry> records, String position) throws InterruptedException;

    @Override
    void close();
  }

  /**
   * A record for other programs.
   *
   * @param key of the row; null for a record that every reader of the table must find
   * @param position up to which the records of all tables are complete with this one
   */
  @SuppressWarnings("ArrayRecordComponent") // Large, and compared by nobody.
  record Entry(String table, byte @Nullable [] key, byte[] body, String position) {}
}
