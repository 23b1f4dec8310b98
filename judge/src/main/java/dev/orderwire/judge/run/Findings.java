package dev.orderwire.judge.run;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The defects found in a run. Safe for use by any number of threads. */
public final class Findings {
  /** Kinds of defects. */
  public enum Kind {
    LOST("a view missed a change"),
    TWICE("a view received a change twice"),
    DENIED("a client saw what its policy denies"),
    WRONG("a client's data differs from the database"),
    ORDER("changes of one row arrived out of order"),
    TOPIC("a table's topic in Kafka misses, repeats or misplaces a change"),
    BROKEN_SUM("a complete moment showed a state that the database never had"),
    FAILED_WRITE("a write of the application failed"),
    STUCK("a client or a server did not recover"),
    PROTOCOL("a message broke the documented protocol"),
    EXITED("a server exited by itself"),
    JUDGE("the judge itself failed");

    public final String meaning;

    Kind(String meaning) {
      this.meaning = meaning;
    }
  }

  /** One defect can show in every change, so only the first findings of a kind are printed. */
  private static final int PRINTED_OF_EACH_KIND = 12;

  private final PrintStream out;
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final List<String> printed = new ArrayList<>();

  /**
   * @param out where findings are printed as they are made
   */
  public Findings(PrintStream out) {
    this.out = out;
  }

  /**
   * Adds a finding and prints it.
   *
   * @param where the actor or component concerned
   */
  public synchronized void add(Kind kind, String where, String what) {
    if (counts.merge(kind, 1L, Long::sum) <= PRINTED_OF_EACH_KIND) {
      String text = "%s: %s: %s".formatted(kind, where, what);
      printed.add(text);
      out.printf("%s FINDING %s%n", Instant.now().truncatedTo(ChronoUnit.MILLIS), text);
    }
  }

  public synchronized long count(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  public synchronized boolean isEmpty() {
    return counts.isEmpty();
  }

  public synchronized List<String> printed() {
    return List.copyOf(printed);
  }
}
