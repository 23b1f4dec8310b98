package dev.orderwire.bench.hostile;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How often the server answered what to the attempts of each attack. Safe for any number of
 * threads.
 */
public final class Tally {
  private static final String BETWEEN = "\t";

  private final Map<Attack, Map<String, Long>> counts = new EnumMap<>(Attack.class);

  synchronized void add(Attack attack, String answer, long count) {
    counts.computeIfAbsent(attack, _ -> new TreeMap<>()).merge(answer, count, Long::sum);
  }

  /** Adds the counts of another one. */
  public void add(Tally other) {
    other.counts.forEach(
        (attack, answers) -> answers.forEach((answer, count) -> add(attack, answer, count)));
  }

  public synchronized long attempts(Attack attack) {
    return counts.getOrDefault(attack, Map.of()).values().stream().mapToLong(n -> n).sum();
  }

  public long attempts() {
    return Arrays.stream(Attack.values()).mapToLong(this::attempts).sum();
  }

  /** The attempts that the server answered with an error, or by ending the connection. */
  public synchronized long refused() {
    return counts.values().stream()
        .flatMap(answers -> answers.entrySet().stream())
        .filter(answer -> HostileSocket.isRefusal(answer.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** What the server answered to an attack, the most frequent first. */
  public synchronized String answers(Attack attack) {
    return counts.getOrDefault(attack, Map.of()).entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .map(answer -> "%s: %,d".formatted(answer.getKey(), answer.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** As one line, for {@link #read}. */
  synchronized String line() {
    StringBuilder line = new StringBuilder("tally");
    counts.forEach((attack, answers) ->
        answers.forEach((answer, count) ->
            line.append(BETWEEN)
                .append(attack)
                .append(BETWEEN)
                .append(answer)
                .append(BETWEEN)
                .append(count)));
    return line.toString();
  }

  static Tally read(String line) {
    String[] words = line.split(BETWEEN, -1);
    Tally tally = new Tally();
    for (int i = 1; i + 2 < words.length; i += 3) {
      tally.add(Attack.valueOf(words[i]), words[i + 1], Long.parseLong(words[i + 2]));
    }
    return tally;
  }
}
