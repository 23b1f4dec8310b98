package dev.orderwire.testing;

import dev.orderwire.bus.BusException;
import dev.orderwire.bus.ChangeTopics;
import dev.orderwire.bus.StaleTermException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Topics in memory, shared by the processes of a test, with the faults of real ones. */
public final class MemoryTopics implements ChangeTopics {
  /** What happens with a transaction. */
  public enum Outcome {
    KEPT,
    /** It fails, and nothing is kept. */
    LOST,
    /** It fails as far as the writer knows, and is kept. */
    UNKNOWN
  }

  private final List<Entry> records = new ArrayList<>();
  private int transactions;
  private @Nullable String position;
  private long term;

  /** How many sessions have begun: only the last one may write. */
  private int sessions;

  private boolean away;
  private int mostBytes = 1_000_000;
  private IntFunction<Outcome> outcomes = _ -> Outcome.KEPT;

  /** All records that were kept. */
  public synchronized List<Entry> records() {
    return List.copyOf(records);
  }

  public synchronized int transactions() {
    return transactions;
  }

  public synchronized Optional<String> position() {
    return Optional.ofNullable(position);
  }

  public synchronized void away(boolean isAway) {
    away = isAway;
  }

  public synchronized void mostBytes(int bytes) {
    mostBytes = bytes;
  }

  /** What happens with each transaction, by its number. */
  public synchronized void outcomes(IntFunction<Outcome> ofNumber) {
    outcomes = ofNumber;
  }

  private void requireThere() {
    if (away) {
      throw new BusException("the topics of the test are away", null);
    }
  }

  @Override
  public synchronized Session begin(long newTerm, List<String> tables) {
    requireThere();
    if (newTerm < term) {
      throw new StaleTermException(newTerm, term);
    }
    Optional<String> kept = position();
    int number = ++sessions;
    return new Session() {
      @Override
      public Optional<String> position() {
        return kept;
      }

      @Override
      public int mostBytes(String table) {
        return mostBytes;
      }

      @Override
      public void append(List<Entry> appended, String reached) {
        MemoryTopics.this.append(number, newTerm, appended, reached);
      }

      @Override
      public void close() {
        // Nothing is held.
      }
    };
  }

  private synchronized void append(int session, long ofTerm, List<Entry> appended, String reached) {
    requireThere();
    if (session != sessions) {
      throw new BusException("the session is fenced", null);
    }
    Outcome outcome = outcomes.apply(++transactions);
    if (outcome != Outcome.LOST) {
      records.addAll(appended);
      position = reached;
      term = ofTerm;
    }
    if (outcome != Outcome.KEPT) {
      sessions++;
      throw new BusException("the transaction has no answer", null);
    }
  }
}
