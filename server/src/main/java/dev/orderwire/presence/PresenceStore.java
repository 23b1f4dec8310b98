package dev.orderwire.presence;

import dev.orderwire.bus.BusException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An engine in which servers keep what the others may know, such as a Redis. All that a server has
 * there vanishes {@link #LIFETIME_MILLIS} after its last {@link #renew}. The engine may lose
 * anything at any time. Safe for any number of threads, except where noted. All methods wait, and
 * throw {@link BusException} if the engine does not answer, or refuses.
 */
public interface PresenceStore extends AutoCloseable {
  /** How long what a server has stored outlives it. */
  long LIFETIME_MILLIS = 10_000;

  /** Forgets all that is stored of this server, and lists it among the servers. */
  void join() throws InterruptedException;

  /**
   * Keeps what is stored of this server, as long as it is called.
   *
   * @param about what others can read of this server with {@link #servers}
   * @return false if the engine has lost something: {@link #join} must be called, and all be stored
   *     again
   */
  boolean renew(String about) throws InterruptedException;

  /** Forgets all that is stored of this server. */
  void leave() throws InterruptedException;

  /**
   * Stores connections of this server.
   *
   * @param changed by number; empty for a connection that has ended
   */
  void storeClients(Map<Long, Optional<String>> changed) throws InterruptedException;

  /**
   * Stores how many connections parties have on this server.
   *
   * @param changed by the name of the party; 0 for none
   */
  void storeCounts(Map<String, Integer> changed) throws InterruptedException;

  /** What each server said of itself last, by id. */
  Map<String, String> servers() throws InterruptedException;

  /**
   * How many connections parties have on some servers together.
   *
   * @param parties their names
   * @return by name; none for 0
   */
  Map<String, Integer> counts(Collection<String> servers, Collection<String> parties)
      throws InterruptedException;

  /**
   * The connections of a server in a bucket.
   *
   * @param bucket as {@link ConnectionId#bucket()} says
   */
  List<String> clients(String server, int bucket) throws InterruptedException;

  /** Leaves a message for a server, if it is there. */
  void send(String server, String message) throws InterruptedException;

  /**
   * Takes the next message for this server. For one thread.
   *
   * @param millis how long to wait for it
   * @return empty if none has come
   */
  Optional<String> receive(long millis) throws InterruptedException;

  /** The address without a password, for messages. */
  @Override
  String toString();

  @Override
  void close();
}
