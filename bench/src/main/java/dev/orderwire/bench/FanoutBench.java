package dev.orderwire.bench;

import dev.orderwire.bench.Writers.Statement;
import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What it costs the server to bring one change to very many, beside what it costs a bare send loop
 * to bring as many bytes to as many sockets of the same clients. The two take turns.
 */
@Command(
    name = "fanout",
    description = "The server's CPU for each delivered message, beside a bare send loop's.",
    mixinStandardHelpOptions = true)
final class FanoutBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 2_000;

  @Option(names = "--clients", defaultValue = "5000", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "20",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--warm-up",
      defaultValue = "90",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "of each turn, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--turns",
      defaultValue = "3",
      description = "of each of the two, default ${DEFAULT-VALUE}")
  private int turns;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.run(clients, 1, (rig, writers) -> output.write(rig, measure(rig, writers)));
    return 0;
  }

  private Figures measure(Rig rig, Writers writers) throws Exception {
    Load load = rig.load();
    load.connect("server", clients, CONNECTS_PER_SECOND, rig.server().websocket());
    FloorProcess floor = rig.start("floor", FloorProcess::start);
    floor.accept(clients);
    load.connect("floor", clients, CONNECTS_PER_SECOND, floor.websocket());
    floor.accepted();

    Turns served =
        new Turns(
            load,
            "server",
            rig.server().pid(),
            (from, time) -> writers.write(Statement.INSERT, rate, time).to());
    served.run(warmUp);
    int bytes = served.frameBytes();
    Turns bare =
        new Turns(
            load,
            "floor",
            floor.pid(),
            (from, time) -> {
              floor.send(rate * time, rate, from, bytes);
              return from + rate * time;
            });
    bare.run(warmUp);
    served.begin();
    bare.begin();
    for (int turn = 0; turn < turns; turn++) {
      bare.run(seconds);
      served.run(seconds);
    }
    return figures(served, bare, bytes);
  }

  private static Figures figures(Turns served, Turns bare, int bytes) {
    LoadReport delays = served.report();
    return new Figures()
        .add("clients", "clients", delays.clients(), "")
        .add("frameBytes", "a message", bytes, "bytes")
        .add("messages", "messages delivered by the server", (double) delays.messages(), "")
        .add("changesPerMessage", "changes in a message", delays.changesPerMessage(), "")
        .add("floorMicros", "bare send loop, CPU a message", bare.median(), "us")
        .add("serverMicros", "server, CPU a message", served.median(), "us")
        .add("ratio", "server to bare send loop", served.median() / bare.median(), "x", "<= 1.2")
        .add("p50Millis", "from before the INSERT to arrival, p50", delays.millis(50), "ms")
        .add("p99Millis", "p99", delays.millis(99), "ms", "< 70")
        .add("longestMillis", "longest", delays.longestMillis(), "ms")
        .add("busyCores", "cores of the machine that were busy", served.busyCores(), "")
        .add("floorP50Millis", "bare send loop, p50", bare.report().millis(50), "ms")
        .add("floorP99Millis", "bare send loop, p99", bare.report().millis(99), "ms")
        .add("floorBusyCores", "cores of the machine that were busy", bare.busyCores(), "")
        .remark("turns of the bare send loop: " + bare)
        .remark("turns of the server: " + served);
  }
}
