package dev.orderwire.ops;

import java.time.Duration;
import java.util.Optional;

/**
 * The part of a process among others that a bus connects.
 *
 * @param role {@code serve}, {@code relay} or {@code gateway}
 * @param node the name of this process
 * @param leads whether it leads
 * @param leader the name of the leader that was heard of last; empty if there is none
 * @param term the number of the newest lead that is known
 * @param bus the address of the bus, without a password
 * @param quiet how long ago something arrived over the bus
 * @param topics how far those of the tables are; empty if this process does not write them
 */
public record ClusterStatus(
    String role,
    String node,
    boolean leads,
    String leader,
    long term,
    String bus,
    Duration quiet,
    Optional<Topics> topics) {
  /**
   * The topics of the tables.
   *
   * @param behind how many ids of the change log they lag behind
   * @param delay for how long the oldest change has waited that is not written
   */
  public record Topics(long behind, Duration delay) {}
}
