package dev.orderwire.bench;

import dev.orderwire.change.OrderwireException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** {@code ./orderwire bench SCENARIO}. */
@Command(
    name = "orderwire bench",
    description = "Measures a scenario on this machine, on a MySQL and a server of its own.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BandwidthBench.class,
      BurstBench.class,
      CaptureBench.class,
      FanoutBench.class,
      HerdBench.class,
      IdleBench.class,
      LatencyBench.class,
      OpenTransactionBench.class,
      SlowBench.class,
      SnapshotBench.class,
      StartBench.class,
      TriggersBench.class,
      ViewsBench.class
    },
    exitCodeOnInvalidInput = 2,
    exitCodeOnExecutionException = 1)
public final class Bench {
  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(Bench::fail)
            .execute(arguments));
  }

  /** What the user can do something about needs no stack trace. */
  private static int fail(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    if (failure instanceof OrderwireException) {
      command.getErr().println("orderwire bench: " + failure.getMessage());
      return 1;
    }
    throw failure;
  }
}
