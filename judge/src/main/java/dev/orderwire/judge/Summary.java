package dev.orderwire.judge;

import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.Tally;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The summary of a run, in Markdown. docs/judge-run.md is one. */
final class Summary {
  private Summary() {}

  static String of(Plan plan, int rounds, Findings findings, Tally tally) {
    StringBuilder text = new StringBuilder();
    text.append(
        "## The judge, seed %d: %s%n%n"
            .formatted(plan.seed(), findings.isEmpty() ? "no findings" : "findings"));
    text.append(
        "%s, %d s of load in %d rounds on %d cores; %s, %d writers, %d clients, scale %d.%n%n"
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                plan.length().toSeconds(),
                rounds,
                Runtime.getRuntime().availableProcessors(),
                plan.processes(),
                plan.writers(),
                plan.clients(),
                plan.scale()));
    text.append("| finding | count |\n| --- | ---: |\n");
    for (Findings.Kind kind : Findings.Kind.values()) {
      text.append("| %s | %,d |%n".formatted(kind.meaning, findings.count(kind)));
    }
    for (Tally.Group group : Tally.Group.values()) {
      text.append("%n| %s | count |%n| --- | ---: |%n".formatted(group.title));
      for (Map.Entry<String, LongAdder> each : tally.of(group).entrySet()) {
        text.append("| %s | %,d |%n".formatted(each.getKey(), each.getValue().sum()));
      }
    }
    return text.toString();
  }
}
