package dev.orderwire.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./orderwire bench SCENARIO}. */
@Command(
    name = "orderwire bench",
    description = "Measures a scenario on this machine, on a MySQL and a server of its own.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BurstBench.class,
      FanoutBench.class,
      HerdBench.class,
      IdleBench.class,
      LatencyBench.class,
      OpenTransactionBench.class,
      SlowBench.class,
      SnapshotBench.class,
      ViewsBench.class
    },
    exitCodeOnInvalidInput = 2,
    exitCodeOnExecutionException = 1)
public final class Bench {
  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }
}
