package dev.orderwire.gateway.limits;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The addresses, or the identities, that have a connection, and those that had one shortly before:
 * their rates still count. A party that rests for {@link Rate#SECONDS} has full buckets again, so
 * forgetting it then changes nothing. Of the resting ones at most two times {@link #MOST_RESTING}
 * are kept, however many addresses come and go; beyond that, the oldest are forgotten early. Safe
 * for any number of threads.
 */
final class Parties {
  static final int MOST_RESTING = 10_000;

  private static final long REST = Duration.ofSeconds(Rate.SECONDS).toNanos();

  private final Function<Object, Party> made;
  private final TimeMeter clock;
  private final Map<Object, Party> held = new HashMap<>();
  private Map<Object, Party> resting = new HashMap<>();
  private Map<Object, Party> restingBefore = new HashMap<>();
  private long turned;

  Parties(Function<Object, Party> made, TimeMeter clock) {
    this.made = made;
    this.clock = clock;
    this.turned = clock.currentTimeNanos();
  }

  /** The party of a key, to be released once. */
  synchronized Party hold(Object key) {
    Party party = held.get(key);
    if (party == null) {
      party = rested(key);
      held.put(key, party);
    }
    party.holders++;
    return party;
  }

  private Party rested(Object key) {
    turn();
    @Nullable Party recent = resting.remove(key);
    @Nullable Party older = recent == null ? restingBefore.remove(key) : recent;
    return older == null ? made.apply(key) : older;
  }

  synchronized void release(Party party) {
    if (--party.holders == 0) {
      held.remove(party.key);
      turn();
      resting.put(party.key, party);
    }
  }

  void forEachHeld(Consumer<Party> action) {
    List<Party> all;
    synchronized (this) {
      all = List.copyOf(held.values());
    }
    all.forEach(action);
  }

  private void turn() {
    long now = clock.currentTimeNanos();
    if (now - turned >= 2 * REST) {
      restingBefore = new HashMap<>();
      resting = new HashMap<>();
      turned = now;
    } else if (now - turned >= REST || resting.size() >= MOST_RESTING) {
      restingBefore = resting;
      resting = new HashMap<>();
      turned = now;
    }
  }

  /** How many are known. */
  synchronized int size() {
    return held.size() + resting.size() + restingBefore.size();
  }
}
