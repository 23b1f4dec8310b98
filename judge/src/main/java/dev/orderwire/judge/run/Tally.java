package dev.orderwire.judge.run;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happened in a run. Safe for use by any number of threads. */
public final class Tally {
  /** Groups of counts, in the order of the summary. */
  public enum Group {
    WRITES("Writes"),
    SCHEMA("Schema changes"),
    FAULTS("Faults"),
    SETTINGS("Settings"),
    CLIENTS("Clients"),
    POLICIES("Policies"),
    TOPICS("Topics in Kafka");

    public final String title;

    Group(String title) {
      this.title = title;
    }
  }

  private final Map<Group, Map<String, LongAdder>> counts = new ConcurrentSkipListMap<>();

  public void count(Group group, String what) {
    count(group, what, 1);
  }

  public void count(Group group, String what, long times) {
    counts
        .computeIfAbsent(group, _ -> new ConcurrentSkipListMap<>())
        .computeIfAbsent(what, _ -> new LongAdder())
        .add(times);
  }

  public Map<String, LongAdder> of(Group group) {
    return counts.getOrDefault(group, Map.of());
  }
}
