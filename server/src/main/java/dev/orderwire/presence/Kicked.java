package dev.orderwire.presence;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link Kick} did.
 *
 * @param closed how many connections are being closed
 * @param unanswered the names of the servers that have not answered
 * @param problem why other servers could not be asked; empty if they were
 */
public record Kicked(int closed, List<String> unanswered, Optional<String> problem) {
  public Kicked {
    unanswered = List.copyOf(unanswered);
  }
}
