package dev.orderwire.judge;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What should not have happened. For any thread. */
final class Findings {
  /** What a finding says of the promise. */
  enum Kind {
    LOST("a change that a view wanted did not come"),
    TWICE("a change came although it had come before"),
    WRONG("what a client has is not what the database has"),
    ORDER("changes of one row came out of order"),
    BROKEN_SUM("a complete moment showed a state that the database never had"),
    FAILED_WRITE("a write of the application failed"),
    STUCK("a client or a server did not come back to life"),
    PROTOCOL("a message was not as the protocol is documented"),
    ENDED("a server ended by itself"),
    JUDGE("the judge itself failed");

    final String meaning;

    Kind(String meaning) {
      this.meaning = meaning;
    }
  }

  /** One defect can show in every change; the first ones tell enough. */
  private static final int TOLD_OF_EACH_KIND = 12;

  private final PrintStream out;
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final List<String> told = new ArrayList<>();

  /**
   * @param out where each is told when it is found
   */
  Findings(PrintStream out) {
    this.out = out;
  }

  synchronized void add(Kind kind, String who, String what) {
    if (counts.merge(kind, 1L, Long::sum) <= TOLD_OF_EACH_KIND) {
      String text = "%s: %s: %s".formatted(kind, who, what);
      told.add(text);
      out.printf("%s FINDING %s%n", Instant.now().truncatedTo(ChronoUnit.MILLIS), text);
    }
  }

  synchronized long count(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  synchronized boolean none() {
    return counts.isEmpty();
  }

  synchronized List<String> told() {
    return List.copyOf(told);
  }
}
