package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.peer.SendLoopProcess;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.Rig;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The server's CPU time to deliver a change to many clients, and that of a bare send loop which
 * sends as many bytes to as many sockets. The two take turns, with the same client processes. With
 * {@code --tls}, a server that speaks TLS takes turns with them, on a MySQL and with client
 * processes of its own.
 */
@Command(
    name = "fanout",
    description = "Compares the CPU time per message with a bare send loop.",
    mixinStandardHelpOptions = true)
final class FanoutBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 2_000;

  @Option(
      names = "--clients",
      defaultValue = "5000",
      description = "clients of each of the two, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "20",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--warm-up",
      defaultValue = "90",
      description = "seconds before the first turn, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "seconds per turn, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--turns",
      defaultValue = "3",
      description = "turns of each of the two, default ${DEFAULT-VALUE}")
  private int turns;

  @Option(names = "--tls", description = "a server that speaks TLS takes turns, too")
  private boolean tls;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.run(
        clients,
        1,
        (rig, writers) -> {
          MessageCost server = connect(rig, writers);
          if (tls) {
            Rig.runTls(
                1,
                (other, otherWriters) ->
                    output.write(rig, measure(rig, server, connect(other, otherWriters))));
          } else {
            output.write(rig, measure(rig, server, null));
          }
        });
    return 0;
  }

  /** Connects the clients of a rig's server. */
  private MessageCost connect(Rig rig, PacedWriters writers) {
    rig.load().connect("server", clients, CONNECTS_PER_SECOND, rig.server().websocket());
    return new MessageCost(
        rig.load(),
        "server",
        rig.server().pid(),
        (from, time) -> writers.write(StampedStatement.INSERT, rate, time).to());
  }

  private Figures measure(Rig rig, MessageCost server, @Nullable MessageCost secure)
      throws Exception {
    Load load = rig.load();
    SendLoopProcess sendLoop = rig.start("send-loop", SendLoopProcess::start);
    sendLoop.accept(clients);
    load.connect("send-loop", clients, CONNECTS_PER_SECOND, sendLoop.websocket());
    sendLoop.awaitAccepted();

    server.takeTurn(warmUp);
    int bytes = server.frameBytes();
    MessageCost bare =
        new MessageCost(
            load,
            "send-loop",
            sendLoop.pid(),
            (from, time) -> {
              sendLoop.send(rate * time, rate, from, bytes);
              return from + rate * time;
            });
    bare.takeTurn(warmUp);
    server.reset();
    bare.reset();
    if (secure != null) {
      secure.takeTurn(warmUp);
      secure.reset();
    }
    for (int turn = 0; turn < turns; turn++) {
      bare.takeTurn(seconds);
      server.takeTurn(seconds);
      if (secure != null) {
        secure.takeTurn(seconds);
      }
    }
    Figures figures = figures(server, bare, bytes);
    return secure == null ? figures : withTls(figures, server, secure);
  }

  private static Figures withTls(Figures figures, MessageCost server, MessageCost secure) {
    LoadReport delays = secure.report();
    return figures
        .add("tlsMicros", "server over TLS, CPU per message", secure.medianMicros(), "us")
        .add(
            "tlsRatio",
            "server over TLS to without",
            secure.medianMicros() / server.medianMicros(),
            "x")
        .add("tlsP50Millis", "server over TLS, delay, p50", delays.millis(50), "ms")
        .add("tlsP99Millis", "server over TLS, delay, p99", delays.millis(99), "ms")
        .add("tlsBusyCores", "server over TLS, busy cores", secure.medianBusyCores(), "")
        .remark("turns of the server over TLS, CPU per message: " + secure);
  }

  private static Figures figures(MessageCost server, MessageCost bare, int bytes) {
    LoadReport delays = server.report();
    return new Figures()
        .add("clients", "clients", delays.clients(), "")
        .add("frameBytes", "size of a message", bytes, "bytes")
        .add("messages", "messages delivered by the server", (double) delays.messages(), "")
        .add("changesPerMessage", "changes per message", delays.changesPerMessage(), "")
        .add("floorMicros", "bare send loop, CPU per message", bare.medianMicros(), "us")
        .add("serverMicros", "server, CPU per message", server.medianMicros(), "us")
        .add(
            "ratio",
            "server to bare send loop",
            server.medianMicros() / bare.medianMicros(),
            "x",
            "<= 1.2")
        .add("p50Millis", "server, delay from before the INSERT, p50", delays.millis(50), "ms")
        .add("p99Millis", "server, delay, p99", delays.millis(99), "ms", "< 70")
        .add("longestMillis", "server, delay, longest", delays.longestMillis(), "ms")
        .add("busyCores", "server, busy cores of the machine", server.medianBusyCores(), "")
        .add("floorP50Millis", "bare send loop, delay, p50", bare.report().millis(50), "ms")
        .add("floorP99Millis", "bare send loop, delay, p99", bare.report().millis(99), "ms")
        .add("floorBusyCores", "bare send loop, busy cores", bare.medianBusyCores(), "")
        .remark("turns of the bare send loop, CPU per message: " + bare)
        .remark("turns of the server, CPU per message: " + server);
  }
}
