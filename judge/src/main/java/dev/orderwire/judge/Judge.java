package dev.orderwire.judge;

import dev.orderwire.judge.cluster.Cluster;
import dev.orderwire.judge.run.Fault;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.run.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code ./orderwire test --torture LENGTH}. */
@Command(
    name = "orderwire test --torture",
    customSynopsis = "orderwire test --torture LENGTH [OPTION …]",
    description =
        "Runs random writers, clients and faults. After each round, checks that no change was lost,"
            + " repeated or wrong.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = 2,
    exitCodeOnExecutionException = 1)
public final class Judge implements Callable<Integer> {
  @Option(
      names = "--torture",
      required = true,
      arity = "0..1",
      fallbackValue = "30m",
      paramLabel = "LENGTH",
      description = "The length of the load: 90s, 5m, 2h; default ${FALLBACK-VALUE}.")
  private Duration length = Duration.ZERO;

  @Option(names = "--seed", description = "The seed of all random decisions; without it, any.")
  private long seed = new Random().nextInt(1_000_000);

  @Option(
      names = "--topology",
      defaultValue = "direct",
      paramLabel = "TOPOLOGY",
      description =
          "The arrangement of the servers: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Topology topology = Topology.DIRECT;

  @Option(names = "--servers", description = "Servers for clients, default 2; gateways, 3.")
  private @Nullable Integer servers;

  @Option(names = "--relays", description = "Relays with a bus, default 2; 0: servers lead.")
  private @Nullable Integer relays;

  @Option(
      names = "--writers",
      defaultValue = "6",
      description = "The number of writers, default ${DEFAULT-VALUE}.")
  private int writers;

  @Option(
      names = "--clients",
      defaultValue = "16",
      description = "The number of clients, default ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--scale",
      defaultValue = "1",
      description = "Multiplies the writers' work, default ${DEFAULT-VALUE}.")
  private int scale;

  @Option(
      names = "--round",
      defaultValue = "30s",
      description = "The length of a round, default ${DEFAULT-VALUE}.")
  private Duration round = Duration.ofSeconds(30);

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "FAULT",
      description = "Leaves out these faults: ${COMPLETION-CANDIDATES}.")
  private List<Fault> without = List.of();

  @Option(
      names = "--policies",
      defaultValue = "ON",
      paramLabel = "on|off",
      description =
          "Whether clients must say who they are and see what policies allow, default on.")
  private Switch policies = Switch.ON;

  @Option(names = "--summary", description = "Writes the summary to this file, in Markdown.")
  private @Nullable Path summary;

  private enum Switch {
    ON,
    OFF
  }

  @Spec private @Nullable CommandSpec spec;

  private Judge() {}

  public static void main(String[] arguments) {
    System.exit(command().execute(arguments));
  }

  public static CommandLine command() {
    return new CommandLine(new Judge())
        .registerConverter(Duration.class, Judge::duration)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static Duration duration(String text) {
    if (!text.matches("[1-9][0-9]{0,6}[smh]")) {
      throw new CommandLine.TypeConversionException(
          "expected a number followed by s, m or h, such as 90s, but found '" + text + "'");
    }
    return Duration.parse("PT" + text);
  }

  @Override
  public Integer call() throws Exception {
    if (relays != null && !topology.hasBus()) {
      throw new CommandLine.ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "--relays needs a topology with a bus: --topology redis or kafka");
    }
    Optional<String> missing = Cluster.missing(topology);
    if (missing.isPresent()) {
      System.err.println("judge: " + missing.get());
      return 1;
    }
    Set<Fault> faults = topology.faults();
    without.forEach(faults::remove);
    Plan plan =
        new Plan(
            length,
            round,
            seed,
            topology,
            relays == null ? (topology.hasBus() ? 2 : 0) : relays,
            servers == null ? (topology.hasBus() ? 3 : 2) : servers,
            writers,
            clients,
            scale,
            faults,
            policies == Switch.ON);
    Path folder = Files.createTempDirectory("orderwire-judge");
    System.err.println("seed " + seed + ", logs in " + folder);
    Findings findings = new Findings(System.err);
    Tally tally = new Tally();
    int rounds;
    try (TestRun run = new TestRun(plan, folder, findings, tally)) {
      run.run();
      rounds = run.rounds();
    }
    String text = Summary.of(plan, rounds, findings, tally);
    System.out.print(text);
    if (summary != null) {
      Files.writeString(summary, text);
    }
    if (findings.isEmpty()) {
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
