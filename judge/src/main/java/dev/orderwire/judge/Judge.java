package dev.orderwire.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine;

/** {@code ./orderwire test --torture LENGTH}. */
@Command(
    name = "orderwire test --torture",
    description =
        "Random writers, clients and faults, and after each round the question whether anything was"
            + " lost, came twice or is wrong.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = 2,
    exitCodeOnExecutionException = 1)
public final class Judge implements Callable<Integer> {
  @Option(
      names = "--torture",
      required = true,
      paramLabel = "LENGTH",
      description = "How long: 90s, 5m, 2h.")
  private Duration length = Duration.ZERO;

  @Option(names = "--seed", description = "What a run decides; without it, any.")
  private long seed = new Random().nextInt(1_000_000);

  @Option(names = "--servers", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
  private int servers;

  @Option(names = "--writers", defaultValue = "6", description = "default ${DEFAULT-VALUE}")
  private int writers;

  @Option(names = "--clients", defaultValue = "16", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--scale",
      defaultValue = "1",
      description = "How hard the writers work, default ${DEFAULT-VALUE}.")
  private int scale;

  @Option(
      names = "--round",
      defaultValue = "30s",
      description = "Load between two judgements, default ${DEFAULT-VALUE}.")
  private Duration round = Duration.ofSeconds(30);

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "TROUBLE",
      description = "What is not to go wrong: ${COMPLETION-CANDIDATES}.")
  private List<Trouble> without = List.of();

  @Option(names = "--summary", description = "A file for the summary, in Markdown.")
  private @Nullable Path summary;

  private Judge() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Judge())
            .registerConverter(Duration.class, Judge::duration)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  private static Duration duration(String text) {
    if (!text.matches("[1-9][0-9]{0,6}[smh]")) {
      throw new CommandLine.TypeConversionException(
          "a length is a number with s, m or h behind it, such as 90s, not '" + text + "'");
    }
    return Duration.parse("PT" + text);
  }

  @Override
  public Integer call() throws Exception {
    Set<Trouble> trouble = EnumSet.allOf(Trouble.class);
    without.forEach(trouble::remove);
    Plan plan = new Plan(length, round, seed, servers, writers, clients, scale, trouble);
    Path folder = Files.createTempDirectory("orderwire-judge");
    System.err.println("seed " + seed + ", logs in " + folder);
    Findings findings = new Findings(System.err);
    Tally tally = new Tally();
    int rounds;
    try (Trial trial = new Trial(plan, folder, findings, tally)) {
      trial.run();
      rounds = trial.rounds();
    }
    String text = Summary.of(plan, rounds, findings, tally);
    System.out.print(text);
    if (summary != null) {
      Files.writeString(summary, text);
    }
    if (findings.none()) {
      delete(folder);
      System.out.printf("judge: %d passed, 0 failed%n", rounds);
      return 0;
    }
    System.out.printf("%nLogs are in %s%n", folder);
    System.out.printf("judge: %d passed, 1 failed%n", rounds - 1);
    return 1;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
