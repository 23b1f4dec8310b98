package dev.orderwire.bench;

import dev.orderwire.bench.rig.FailureHandler;
import dev.orderwire.bench.scale.OutageBench;
import dev.orderwire.bench.scale.ScaleBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line of the benchmarks, {@code ./orderwire bench SCENARIO}. */
@Command(
    name = "orderwire bench",
    description = "Runs a benchmark on this machine, with a MySQL and a server of its own.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BandwidthBench.class,
      BurstBench.class,
      CaptureBench.class,
      FanoutBench.class,
      HerdBench.class,
      HostileBench.class,
      IdleBench.class,
      LatencyBench.class,
      OpenTransactionBench.class,
      OutageBench.class,
      ScaleBench.class,
      SlowBench.class,
      SnapshotBench.class,
      StartBench.class,
      TriggersBench.class,
      ViewsBench.class
    },
    footer = "%nExit codes: 0 done; 1 failed, with the cause on stderr; 2 wrong usage.")
public final class Bench {
  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "print the stack trace of a failure")
  private boolean verbose;

  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(commands().execute(arguments));
  }

  public static CommandLine commands() {
    Bench bench = new Bench();
    return new CommandLine(bench)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new FailureHandler(() -> bench.verbose));
  }
}
